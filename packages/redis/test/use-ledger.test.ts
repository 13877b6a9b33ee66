import { createUseLedger } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRedisUseLedger, type RedisUseLedger } from '../src/index.ts'
import { CLIENT_NAMES, CLIENTS, type Connected } from './support/clients.ts'
import { describeWithRedis, newPrefix } from './support/redis.ts'
import { authority, READ, reencoded, verdict } from './support/tokens.ts'

const END = 2_000_000_000
const ID = 'ab'.repeat(64)

const HOSTILE = [
  '',
  ' ',
  'a b',
  'a\r\nFLUSHALL\r\n',
  '$-1\r\n',
  '*',
  '?[a-z]\\',
  '{a}',
  '\0',
  '__proto__',
  'é',
  'e\u0301',
  '😀',
  '"\'`;--',
  'x'.repeat(4096),
  'x'.repeat(4095),
]

describeWithRedis('a use ledger', (url) => {
  let admin: Redis
  beforeAll(() => {
    admin = new Redis(url)
  })
  afterAll(() => admin.disconnect())

  describe.each(CLIENT_NAMES)('by a client of %s', (name) => {
    let connected: Connected
    let prefix: string
    let singleUse: RedisUseLedger
    beforeAll(async () => {
      connected = await CLIENTS[name](url)
      prefix = newPrefix()
      singleUse = createRedisUseLedger(connected.client, { prefix })
    })
    afterAll(() => connected.close())

    it('a ledger spends each issued use once, and nothing else', async () => {
      expect(await singleUse.consume(ID, 'f')).toBe(false)
      await singleUse.issue(ID, 'f', END)
      expect(await singleUse.consume(ID, 'g')).toBe(false)
      expect(await singleUse.consume(`${ID}00`, 'f')).toBe(false)
      expect(await singleUse.consume(ID.toUpperCase(), 'f')).toBe(true)
      expect(await singleUse.consume(ID, 'f')).toBe(false)
    })

    it('a capability has one use, even if it was issued several times', async () => {
      await singleUse.issue(ID, 'again', END)
      await singleUse.issue(ID, 'again', END)
      expect([await singleUse.consume(ID, 'again'), await singleUse.consume(ID, 'again')]).toEqual([true, false])
    })

    it('of many calls at the same time one spends the use', async () => {
      await singleUse.issue(ID, 'race', END)
      const spent = await Promise.all(Array.from({ length: 100 }, () => singleUse.consume(ID, 'race')))
      expect(spent.filter(Boolean)).toHaveLength(1)
    })

    it('facets of any text are kept apart, under keys of one form', async () => {
      const own = newPrefix()
      const ledger = createRedisUseLedger(connected.client, { prefix: own })
      for (const facet of HOSTILE) await ledger.issue(ID, facet, END)
      const keys = await admin.keys(`${own}*`)
      expect(keys).toHaveLength(HOSTILE.length)
      for (const key of keys) expect(key.slice(own.length)).toMatch(/^[0-9a-f]{64}$/)
      for (const facet of HOSTILE) {
        expect(await ledger.consume(ID, facet), facet).toBe(true)
        expect(await ledger.consume(ID, facet), facet).toBe(false)
      }
    })

    it('an entry ends with its capability', async () => {
      const own = newPrefix()
      const ledger = createRedisUseLedger(connected.client, { prefix: own })
      const now = Math.floor(Date.now() / 1000)
      const { mint } = await createTestAuthority({ now })
      await mint({ ...READ, singleUse: ledger, expiresIn: '2m' })
      const [key = ''] = await admin.keys(`${own}*`)
      expect(await admin.expiretime(key)).toBe(now + 120)
      await ledger.issue(ID, 'past', now - 1)
      expect(await ledger.consume(ID, 'past')).toBe(false)
    })

    it('a ledger spends nothing that another program wrote', async () => {
      const own = newPrefix()
      const ledger = createRedisUseLedger(connected.client, { prefix: own })
      await ledger.issue(ID, 'f', END)
      const [key = ''] = await admin.keys(`${own}*`)
      await admin.del(key)
      await admin.rpush(key, '1')
      await ledger.issue(ID, 'f', END)
      await expect(ledger.consume(ID, 'f')).rejects.toThrow(/WRONGTYPE/)
      expect(await admin.lrange(key, 0, -1)).toEqual(['1'])
      await admin.set(key, 'yes')
      await expect(ledger.consume(ID, 'f')).rejects.toThrow('GETDEL: not an answer of Redis')
    })

    it.each([
      [/^tokenId: must be hex/, ['', 'f', END]],
      [/^tokenId: must be hex/, ['ab cd', 'f', END]],
      [/^tokenId: must be hex/, [undefined, 'f', END]],
      [/^facet: must be well-formed/, [ID, '\ud800', END]],
      [/^facet: must be well-formed/, [ID, 7, END]],
    ])('refuses what has no key: %s %j', async (message, [tokenId, facet, end]) => {
      await expect(singleUse.issue(tokenId as string, facet as string, end as number)).rejects.toThrow(message)
      await expect(singleUse.consume(tokenId as string, facet as string)).rejects.toThrow(message)
    })

    it.each([300, Date.now(), END + 0.5, Number.NaN, undefined])('refuses the end %j', async (expiresAt) => {
      await expect(singleUse.issue(ID, 'end', expiresAt as number)).rejects.toThrow(/^expiresAt: must be/)
      expect(await singleUse.consume(ID, 'end')).toBe(false)
    })

    it('a single-use capability passes once', async () => {
      const token = await authority.mint({ ...READ, singleUse })
      expect(await verdict(token, { singleUse })).toBe('allowed')
      expect(await verdict(token, { singleUse })).toBe('already_used')
    })

    it('a request that is refused for another reason spends nothing', async () => {
      const token = await authority.mint({
        ...READ,
        singleUse,
        designations: { tenantId: 'acme' },
        anchor: 'service:billing',
      })
      const at = (service: string, tenantId: string, revoked = false) =>
        verdict(
          token,
          { singleUse, anchor: service, revocation: { isRevoked: () => revoked } },
          { designations: { tenantId } },
        )
      expect(await at('service:billing', 'globex')).toBe('wrong_designation')
      expect(await at('service:orders', 'acme')).toBe('wrong_anchor')
      expect(await at('service:billing', 'acme', true)).toBe('revoked')
      expect(await verdict(token, { singleUse }, { operation: 'write' })).toBe('wrong_operation')
      expect(await at('service:billing', 'acme')).toBe('allowed')
      expect(await at('service:billing', 'acme')).toBe('already_used')
    })

    it('counts every copy of a capability as the same, narrowed or not', async () => {
      const token = await authority.mint({ ...READ, singleUse })
      const narrow = await authority.attenuate(token, { expiresIn: '1m' })
      expect(await verdict(narrow, { singleUse })).toBe('allowed')
      expect(await verdict(token, { singleUse })).toBe('already_used')
    })
  })

  it('counts a token whose P-256 signature was encoded anew as the same', async () => {
    const { client, close } = await CLIENTS['redis 6'](url)
    const singleUse = createRedisUseLedger(client, { prefix: newPrefix() })
    const { publicKey, mint } = await createTestAuthority({ algorithm: 'secp256r1' })
    for (const first of [0, 1]) {
      const token = await mint({ ...READ, singleUse })
      const encodings = [token, reencoded(token)]
      expect(await verdict(encodings[first]!, { keys: publicKey, singleUse })).toBe('allowed')
      expect(await verdict(encodings[1 - first]!, { keys: publicKey, singleUse })).toBe('already_used')
    }
    close()
  })

  it('a ledger that has lost its entries counts every capability as used', async () => {
    const { client, close } = await CLIENTS['redis 6'](url)
    const prefix = newPrefix()
    const token = await authority.mint({ ...READ, singleUse: createRedisUseLedger(client, { prefix }) })
    await admin.del(...(await admin.keys(`${prefix}*`)))
    expect(await verdict(token, { singleUse: createRedisUseLedger(client, { prefix }) })).toBe('already_used')
    close()
  })

  it('answers as the ledger in memory does', async () => {
    const { client, close } = await CLIENTS['ioredis 6'](url)
    const ledgers = [createUseLedger(), createRedisUseLedger(client, { prefix: newPrefix() })]
    for (const singleUse of ledgers) {
      await singleUse.issue(ID, 'a', END)
      await singleUse.issue(ID, 'a', END)
      await singleUse.issue(`${ID}ab`, 'b c', END)
      const asked = [
        [ID, 'a'],
        [ID, 'a'],
        [`${ID}ab`, 'b'],
        [ID, 'ab b c'],
        [`${ID}ab`, 'b c'],
      ] as const
      const answers: boolean[] = []
      for (const [id, facet] of asked) answers.push(await singleUse.consume(id, facet))
      expect(answers).toEqual([true, false, false, false, true])
    }
    close()
  })
})
