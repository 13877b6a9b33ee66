import { Cluster, Redis } from 'ioredis'
import { Cluster as Cluster5 } from 'ioredis5'
import { createCluster } from 'redis'
import { createCluster as createCluster5 } from 'redis5'
import type { ClientName, Connected } from './clients.ts'
import { RECOMMENDED } from './recommended.ts'
import { freePort, type RedisServer, startServer, until } from './redis-server.ts'

const SLOTS = 16384

/** Starts a cluster of so many primaries, each with its share of the slots. */
export async function startCluster(size: number, args: readonly string[] = []): Promise<RedisServer[]> {
  const buses = await Promise.all(Array.from({ length: size }, freePort))
  const servers = await Promise.all(
    buses.map((bus) => startServer(['--cluster-enabled', 'yes', '--cluster-port', `${bus}`, ...args])),
  )
  const nodes = servers.map(({ url }) => new Redis(url))
  const first = nodes[0] as Redis
  await Promise.all(
    nodes.map((node, index) =>
      node.cluster('ADDSLOTSRANGE', Math.ceil((index * SLOTS) / size), Math.ceil(((index + 1) * SLOTS) / size) - 1),
    ),
  )
  for (const [index, { port }] of servers.entries()) {
    if (index > 0) await first.call('CLUSTER', 'MEET', '127.0.0.1', port, buses[index] as number)
  }
  for (const node of nodes) await until(async () => String(await node.cluster('INFO')).includes('cluster_state:ok'))
  for (const node of nodes) node.disconnect()
  return servers
}

/** Moves a slot with all its keys from one node to another, as `redis-cli --cluster reshard` does. */
async function moveSlot(slot: number, from: RedisServer, to: RedisServer): Promise<number> {
  const [source, target] = [new Redis(from.url), new Redis(to.url)]
  const [sourceId, targetId] = await Promise.all([source.cluster('MYID'), target.cluster('MYID')])
  await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(sourceId))
  await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(targetId))
  let moved = 0
  for (;;) {
    const keys = (await source.call('CLUSTER', 'GETKEYSINSLOT', slot, 10)) as string[]
    if (keys.length === 0) break
    await source.call('MIGRATE', '127.0.0.1', to.port, '', 0, 5000, 'KEYS', ...keys)
    moved += keys.length
  }
  for (const node of [target, source]) await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(targetId))
  source.disconnect()
  target.disconnect()
  return moved
}

/** Moves the slots of so many keys that a node has, whichever they are. */
export async function moveKeys(from: RedisServer, to: RedisServer, count: number): Promise<number> {
  const admin = new Redis(from.url)
  const [, keys] = (await admin.call('SCAN', 0, 'COUNT', count)) as [string, string[]]
  const slots = new Set(
    await Promise.all(keys.slice(0, count).map(async (key) => Number(await admin.cluster('KEYSLOT', key)))),
  )
  admin.disconnect()
  let moved = 0
  for (const slot of slots) moved += await moveSlot(slot, from, to)
  return moved
}

/** A client of a cluster, with the options that the README recommends. */
export async function connectCluster(name: ClientName, servers: readonly RedisServer[]): Promise<Connected> {
  if (name.startsWith('redis')) {
    const { url: _, ...defaults } = RECOMMENDED.redis()
    const create = name === 'redis 6' ? createCluster : (createCluster5 as unknown as typeof createCluster)
    const client = create({ rootNodes: servers.map(({ url }) => ({ url })), defaults }).on('error', () => {})
    await client.connect()
    return { client, close: () => client.destroy() }
  }
  const { lazyConnect, enableOfflineQueue, ...redisOptions } = RECOMMENDED.ioredis()
  const Client = name === 'ioredis 6' ? Cluster : (Cluster5 as unknown as typeof Cluster)
  const nodes = servers.map(({ port }) => ({ host: '127.0.0.1', port }))
  const client = new Client(nodes, { lazyConnect, enableOfflineQueue, redisOptions }).on('error', () => {})
  await client.connect()
  return { client, close: () => client.disconnect() }
}
