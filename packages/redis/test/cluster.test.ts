import { Cluster, Redis } from 'ioredis'
import { createCluster } from 'redis'
import { beforeAll, expect, it, vi } from 'vitest'
import { createRedisFacetLedger, createRedisRevocationList, type RedisClient } from '../src/index.ts'
import { describeWithServer, freePort, type RedisServer, startServer } from './support/redis-server.ts'
import { authority, READ, verdict } from './support/tokens.ts'

const END = 2_000_000_000

describeWithServer('on a cluster of two nodes', () => {
  let servers: RedisServer[]

  beforeAll(async () => {
    const buses = [await freePort(), await freePort()]
    servers = await Promise.all(
      buses.map((bus) => startServer(['--cluster-enabled', 'yes', '--cluster-port', `${bus}`])),
    )
    const [first, second] = servers.map(({ url }) => new Redis(url)) as [Redis, Redis]
    await first.cluster('ADDSLOTSRANGE', 0, 8191)
    await second.cluster('ADDSLOTSRANGE', 8192, 16383)
    await first.call('CLUSTER', 'MEET', '127.0.0.1', servers[1]!.port, buses[1]!)
    for (const node of [first, second]) {
      const formed = async () => expect(await node.cluster('INFO')).toContain('cluster_state:ok')
      await vi.waitFor(formed, { timeout: 15_000, interval: 100 })
      node.disconnect()
    }
  })

  async function works(client: RedisClient, prefix: string): Promise<void> {
    const revocation = createRedisRevocationList(client, { prefix })
    const facets = createRedisFacetLedger(client, { prefix })
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
      const token = await authority.mint({ ...READ, facets })
      expect(await verdict(token, { revocation, facets })).toBe('allowed')
      expect(await verdict(token, { revocation, facets })).toBe('already_used')
    }
  }

  it('a client of redis works with keys on both', async () => {
    const client = createCluster({ rootNodes: servers.map(({ url }) => ({ url })) }).on('error', () => {})
    await client.connect()
    await works(client, 'a:')
    client.destroy()
  })

  it('a client of ioredis works with keys on both', async () => {
    const client = new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })))
    await works(client, 'b:')
    client.disconnect()
  })
})
