import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { revocationIds } from '@writ/core'
import { writ } from '@writ/express'
import express from 'express'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRedisRevocationList, createRedisUseLedger, type RedisClient } from '../src/index.ts'
import { CLIENT_NAMES, CLIENTS, type Connected } from './support/clients.ts'
import { describeWithServer } from './support/describe-with-server.ts'
import { ping } from './support/redis.ts'
import { kill, type RedisServer, startServer } from './support/redis-server.ts'
import { authority, READ, verdict } from './support/tokens.ts'

const ID = 'ab'.repeat(64)
/** For servers that do not answer; those that do are given the default. */
const TIMEOUT = 150

/** What a verifier says that asks the list, and one that asks the ledger; and how long the longer of the two took. */
async function verdicts(client: RedisClient, token: string) {
  const options = { timeout: TIMEOUT }
  const start = performance.now()
  const codes = await Promise.all([
    verdict(token, { revocation: createRedisRevocationList(client, options) }),
    verdict(token, { singleUse: createRedisUseLedger(client, options) }),
  ])
  return { codes, milliseconds: performance.now() - start }
}

const REFUSED = ['unavailable', 'unavailable']

describeWithServer('when the server', () => {
  describe.each(CLIENT_NAMES)('of a client of %s', (name) => {
    let server: RedisServer
    let connected: Connected
    let single: string
    let token: string
    beforeAll(async () => {
      server = await startServer()
      connected = await CLIENTS[name](server.url)
      single = await authority.mint({ ...READ, singleUse: createRedisUseLedger(connected.client) })
      token = await authority.mint(READ)
    })

    it('hangs, tokens are refused in time, and a use that was on its way counts', async () => {
      const revocation = createRedisRevocationList(connected.client, { timeout: TIMEOUT })
      const singleUse = createRedisUseLedger(connected.client, { timeout: TIMEOUT })
      server.process.kill('SIGSTOP')
      try {
        const { codes, milliseconds } = await verdicts(connected.client, single)
        expect(codes).toEqual(REFUSED)
        expect(milliseconds).toBeLessThan(10 * TIMEOUT)
        await expect(revocation.revoke(ID)).rejects.toThrow(`Redis did not answer within ${TIMEOUT} ms`)
        await expect(authority.mint({ ...READ, singleUse })).rejects.toMatchObject({ code: 'unavailable' })
      } finally {
        server.process.kill('SIGCONT')
      }
      expect(await verdict(single, { singleUse: createRedisUseLedger(connected.client) })).toBe('already_used')
      const later = createRedisRevocationList(connected.client)
      expect(await verdict(token, { revocation: later })).toBe('allowed')
      expect(await later.isRevoked([ID])).toBe(true)
    })

    it('permits nothing, tokens are refused', async () => {
      const admin = new Redis(server.url)
      await admin.acl('SETUSER', 'default', '-exists', '-getdel')
      expect((await verdicts(connected.client, single)).codes).toEqual(REFUSED)
      await expect(createRedisRevocationList(connected.client).isRevoked([ID])).rejects.toThrow(/NOPERM/)
      await admin.acl('SETUSER', 'default', '+@all')
      admin.disconnect()
    })

    it('is full, nothing is revoked or issued in silence', async () => {
      const admin = new Redis(server.url)
      await admin.config('SET', 'maxmemory', '1')
      const list = createRedisRevocationList(connected.client)
      await expect(list.revoke(ID)).rejects.toThrow(/OOM/)
      await expect(list.revoke(ID, { expiresAt: 2_000_000_000 })).rejects.toThrow(/OOM/)
      await expect(createRedisUseLedger(connected.client).issue(ID, 'f', 2_000_000_000)).rejects.toThrow(/OOM/)
      await admin.config('SET', 'maxmemory', '0')
      admin.disconnect()
    })

    it('dies, tokens are refused, also those that were waiting', async () => {
      const next = await authority.mint({ ...READ, singleUse: createRedisUseLedger(connected.client) })
      expect(await verdict(token, { revocation: createRedisRevocationList(connected.client) })).toBe('allowed')
      server.process.kill('SIGSTOP')
      const waiting = verdicts(connected.client, next)
      await kill(server)
      expect((await waiting).codes).toEqual(REFUSED)
      expect((await verdicts(connected.client, next)).codes).toEqual(REFUSED)
    })

    it('is left, because the client was closed, tokens are refused', async () => {
      connected.close()
      expect((await verdicts(connected.client, single)).codes).toEqual(REFUSED)
    })
  })

  it('wants a password that the client does not have, tokens are refused', async () => {
    const { url } = await startServer(['--requirepass', 'secret'])
    const single = await authority.mint({ ...READ, singleUse: { issue() {}, consume: () => true } })
    const clients = [new Redis(url), createClient({ url })] as const
    for (const client of clients) client.on('error', () => {})
    // It goes on trying to sign in until it is closed.
    const connecting = clients[1].connect()
    for (const client of clients) expect((await verdicts(client, single)).codes).toEqual(REFUSED)
    clients[0].disconnect()
    clients[1].destroy()
    await expect(connecting).rejects.toThrow()
  })

  it('is still loading its data, tokens are refused', async () => {
    const first = await startServer(['--dbfilename', 'data.rdb'])
    const filler = new Redis(first.url)
    await filler.mset(...Array.from({ length: 4000 }, (_, index) => [`key ${index}`, 'x'.repeat(100)]).flat())
    await filler.save()
    filler.disconnect()
    await kill(first)
    const slowly = ['--key-load-delay', '10000', '--loading-process-events-interval-bytes', '1024']
    const { url, port } = await startServer(['--dbfilename', 'data.rdb', ...slowly], {
      ready: false,
      folder: first.folder,
    })
    await expect.poll(() => ping({ host: '127.0.0.1', port }), { timeout: 10_000 }).toMatch(/^-LOADING/)
    const single = await authority.mint({ ...READ, singleUse: { issue() {}, consume: () => true } })
    for (const name of CLIENT_NAMES) {
      const { client, close } = await CLIENTS[name](url)
      expect((await verdicts(client, single)).codes).toEqual(REFUSED)
      close()
    }
  })

  it('is understood otherwise by the client, tokens are refused', async () => {
    const { url } = await startServer()
    const client = new Redis(url, { stringNumbers: true })
    const list = createRedisRevocationList(client)
    await list.revoke(ID)
    await expect(list.isRevoked([ID])).rejects.toThrow('EXISTS: not an answer of Redis')
    expect(await verdict(await authority.mint(READ), { revocation: list })).toBe('unavailable')
    // Commands of a transaction are queued: they have no answer.
    const queued = createRedisRevocationList(client.multi() as unknown as RedisClient)
    expect(await verdict(await authority.mint(READ), { revocation: queued })).toBe('unavailable')
    client.disconnect()
  })

  it('hangs or dies, a guarded service answers 503 with Retry-After', async () => {
    const server = await startServer()
    const { client, close } = await CLIENTS['redis 6'](server.url)
    const [revocation, singleUse] = [createRedisRevocationList(client), createRedisUseLedger(client)]
    const guard = writ({
      keys: authority.publicKey,
      anchor: null,
      now: authority.now,
      revocation,
      singleUse,
      retryAfter: 7,
    })
    const app = express().get('/invoices', guard({ resource: 'invoices' }), (_req, res) => {
      res.json('ok')
    })
    const web = app.listen(0, '127.0.0.1')
    await once(web, 'listening')
    const get = async (token: string) => {
      const { port } = web.address() as AddressInfo
      const response = await fetch(`http://127.0.0.1:${port}/invoices`, { headers: authority.headersFor(token) })
      const { code } = Object(await response.json())
      return [response.status, response.headers.get('retry-after'), code]
    }
    try {
      const [token, single] = [await authority.mint(READ), await authority.mint({ ...READ, singleUse })]
      expect(await get(token)).toEqual([200, null, undefined])
      server.process.kill('SIGSTOP')
      expect(await get(token)).toEqual([503, '7', 'unavailable'])
      expect(await get(single)).toEqual([503, '7', 'unavailable'])
      server.process.kill('SIGCONT')
      expect(await get(single)).toEqual([200, null, undefined])
      expect(await get(single)).toEqual([403, null, 'already_used'])
      await revocation.revoke(revocationIds(token)[0]!)
      expect(await get(token)).toEqual([403, null, 'revoked'])
      await kill(server)
      expect(await get(token)).toEqual([503, '7', 'unavailable'])
    } finally {
      web.close()
      close()
    }
  })
})
