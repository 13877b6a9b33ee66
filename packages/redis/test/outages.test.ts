import { randomInt } from 'node:crypto'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { checkRedisServer, createRedisRevocationList, createRedisUseLedger } from '../src/index.ts'
import { CLIENT_NAMES } from './support/clients.ts'
import { describeWithServer } from './support/describe-with-server.ts'
import { type Front, startFront } from './support/front.ts'
import { type Load, startLoad } from './support/load.ts'
import { failOver, promote } from './support/promotion.ts'
import { connectAsRecommended } from './support/recommended.ts'
import { kill, type RedisServer, restart, startServer, until, untilInSync } from './support/redis-server.ts'

const ID = 'ab'.repeat(64)
const END = 2_000_000_000
const KEEPS = ['--appendonly', 'yes', '--appendfsync', 'always']

/** A server behind an address, and all clients of it, as recommended and under load. */
interface Setting {
  readonly server: RedisServer
  readonly admin: Redis
  readonly front: Front
  readonly load: Load
}

async function underLoad(args: string[], break_: (setting: Setting) => Promise<void>): Promise<void> {
  const server = await startServer(args)
  const front = await startFront(server.port)
  const admin = new Redis(server.url).on('error', () => {})
  const all = await Promise.all(CLIENT_NAMES.map((name) => connectAsRecommended(name, front.url)))
  const clients = all.map(({ client }) => client)
  const load = startLoad(clients, 'writ:', (count) => randomInt(count))
  try {
    await load.pass(20)
    await break_({ server, admin, front, load })
    await load.pass(20)
    const { doubled, forgotten, passed, revoked, refused, unsettled } = await load.stop()
    expect({ doubled, forgotten, unsettled: unsettled() }).toEqual({ doubled: [], forgotten: [], unsettled: 0 })
    expect([passed > 0, revoked > 0, refused > 0]).toEqual([true, true, true])
  } finally {
    await load.end()
    for (const { close } of all) close()
    admin.disconnect()
    front.close()
  }
}

const LONG = { timeout: 90_000 }

describeWithServer('under load by all clients, no use passes twice, nothing revoked passes, and they recover', () => {
  it.concurrent('when the server is killed and started again', LONG, () =>
    underLoad(KEEPS, async ({ server, load }) => {
      await kill(server)
      await until(() => load.result.refused > 10)
      await restart(server)
    }),
  )

  it.concurrent('when it is stopped for longer than the sockets wait', LONG, () =>
    underLoad(KEEPS, async ({ server, front, load }) => {
      server.process.kill('SIGSTOP')
      // Each client gives its connection up.
      await until(() => front.connections() >= 2 * CLIENT_NAMES.length)
      expect(load.result.unsettled()).toBeLessThan(200)
      server.process.kill('SIGCONT')
    }),
  )

  it.concurrent('when it is full', LONG, () =>
    underLoad([], async ({ admin, load }) => {
      await admin.config('SET', 'maxmemory', '1')
      await until(() => load.result.refused > 10)
      await admin.config('SET', 'maxmemory', '0')
    }),
  )

  it.concurrent('when its replica takes over by FAILOVER', LONG, () =>
    underLoad([], async ({ server, admin, front, load }) => {
      const replica = await startServer(['--replicaof', '127.0.0.1', `${server.port}`])
      await untilInSync(server)
      await failOver(admin, replica)
      await until(() => load.result.refused > 0)
      front.leadTo(replica.port)
    }),
  )

  it.concurrent('when its replica is promoted after a crash, as the README says', LONG, () =>
    underLoad([], async ({ server, front, load }) => {
      const link = await startFront(server.port)
      const replica = await startServer(['--replicaof', '127.0.0.1', `${link.port}`])
      await untilInSync(server)
      // What is spent and revoked from here on, the replica does not know.
      link.mute(true)
      await load.pass(20)
      await kill(server)
      await promote(replica, 'writ:', load)
      link.close()
      front.leadTo(replica.port)
    }),
  )
})

describeWithServer('a server that forgets', () => {
  it('because it evicts lets revoked tokens pass, no use twice, and is refused by the check', LONG, async () => {
    const server = await startServer(['--maxmemory', '3mb', '--maxmemory-policy', 'allkeys-lru'])
    const client = new Redis(server.url)
    const [revocation, singleUse] = [createRedisRevocationList(client), createRedisUseLedger(client)]
    const ids = Array.from({ length: 200 }, (_, index) => index.toString(16).padStart(128, '0'))
    for (const id of ids) await Promise.all([revocation.revoke(id), singleUse.issue(id, 'f', END)])
    for (let filled = 0; filled < 5000; filled += 100) {
      await client.mset(
        ...Array.from({ length: 100 }, (_, place) => [`other ${filled + place}`, 'x'.repeat(1000)]).flat(),
      )
    }
    const known = await Promise.all(ids.map((id) => revocation.isRevoked([id])))
    expect(known.filter((isKnown) => !isKnown).length).toBeGreaterThan(20)
    const spent = await Promise.all(ids.flatMap((id) => [singleUse.consume(id, 'f'), singleUse.consume(id, 'f')]))
    for (const place of ids.keys()) expect(spent[2 * place + 1]).toBe(false)
    await expect(checkRedisServer(client)).rejects.toThrow('- evicts: maxmemory-policy is "allkeys-lru"')
    client.disconnect()
  })

  it(
    'because it was promoted without what came last, lets a use pass twice unless all notes are deleted',
    LONG,
    async () => {
      const server = await startServer()
      const link = await startFront(server.port)
      const replica = await startServer(['--replicaof', '127.0.0.1', `${link.port}`])
      await untilInSync(server)
      const [client, promoted] = [new Redis(server.url), new Redis(replica.url)]
      const [before, after] = [createRedisUseLedger(client), createRedisUseLedger(promoted)]
      for (const facet of ['one', 'other']) await before.issue(ID, facet, END)
      await client.wait(1, 5000)
      link.mute(true)
      for (const facet of ['one', 'other']) expect(await before.consume(ID, facet)).toBe(true)
      client.disconnect()
      link.close()
      await promoted.replicaof('NO', 'ONE')
      expect(await after.consume(ID, 'one')).toBe(true)
      await promoted.del(...(await promoted.keys('writ:facet:*')))
      expect(await after.consume(ID, 'other')).toBe(false)
      promoted.disconnect()
    },
  )
})
