import { randomInt } from 'node:crypto'
import { Cluster, Redis } from 'ioredis'
import { createCluster } from 'redis'
import { beforeAll, expect, it } from 'vitest'
import { checkRedisServer, createRedisRevocationList, createRedisUseLedger, type RedisClient } from '../src/index.ts'
import { CLIENT_NAMES } from './support/clients.ts'
import { describeWithServer } from './support/describe-with-server.ts'
import { startLoad } from './support/load.ts'
import { connectCluster, moveKeys, startCluster } from './support/redis-cluster.ts'
import type { RedisServer } from './support/redis-server.ts'
import { authority, READ, verdict } from './support/tokens.ts'

const END = 2_000_000_000

describeWithServer('on a cluster of three nodes', () => {
  let servers: RedisServer[]

  beforeAll(async () => {
    servers = await startCluster(3)
  })

  async function works(client: RedisClient, prefix: string): Promise<void> {
    const revocation = createRedisRevocationList(client, { prefix })
    const singleUse = createRedisUseLedger(client, { prefix })
    const ids = Array.from({ length: 40 }, (_, index) => index.toString(16).padStart(128, '0'))
    const last = ids[39]!
    expect(await revocation.isRevoked(ids)).toBe(false)
    for (const expiresAt of [END, END + 1, undefined]) await revocation.revoke(last, { expiresAt })
    expect(await revocation.isRevoked(ids)).toBe(true)
    expect(await revocation.isRevoked(ids.slice(0, 39))).toBe(false)
    await Promise.all(ids.map((id) => revocation.revoke(id)))
    for (const { url } of servers) {
      const node = new Redis(url)
      expect(await node.dbsize()).toBeGreaterThan(5)
      node.disconnect()
    }
    for (let use = 0; use < 10; use++) {
      const token = await authority.mint({ ...READ, singleUse })
      expect(await verdict(token, { revocation, singleUse })).toBe('allowed')
      expect(await verdict(token, { revocation, singleUse })).toBe('already_used')
    }
    await expect(checkRedisServer(client)).rejects.toThrow('- not_persistent: appendonly is no')
    const replies = await checkRedisServer(client, { accept: ['not_persistent'] })
    expect(replies.map(({ code }) => code)).toEqual(['not_persistent', 'not_persistent', 'not_persistent'])
  }

  it('a client of redis works with keys on all nodes of a cluster', async () => {
    const client = createCluster({ rootNodes: servers.map(({ url }) => ({ url })) }).on('error', () => {})
    await client.connect()
    await works(client, 'a:')
    client.destroy()
  })

  it('a client of ioredis works with keys on all nodes of a cluster', async () => {
    const client = new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })))
    await works(client, 'b:')
    client.disconnect()
  })

  it('clients let no use pass twice, and nothing revoked pass, while slots move', { timeout: 60_000 }, async () => {
    const all = await Promise.all(CLIENT_NAMES.map((name) => connectCluster(name, servers)))
    const clients = all.map(({ client }) => client)
    const load = startLoad(clients, 'c:', (count) => randomInt(count))
    await load.pass(20)
    let moved = 0
    for (const [place, from] of servers.entries()) moved += await moveKeys(from, servers[(place + 1) % 3]!, 25)
    await load.pass(20)
    const { doubled, forgotten, passed, revoked, unsettled } = await load.stop()
    expect({ doubled, forgotten, unsettled: unsettled() }).toEqual({ doubled: [], forgotten: [], unsettled: 0 })
    expect([moved > 0, passed > 0, revoked > 0]).toEqual([true, true, true])
    for (const { close } of all) close()
  })
})
