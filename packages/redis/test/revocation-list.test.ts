import { randomBytes } from 'node:crypto'
import { activate, createRevocationList, generateKeyPair, mintCapability, revocationIds } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRedisRevocationList, type RedisRevocationList } from '../src/index.ts'
import { CLIENT_NAMES, CLIENTS, type Connected } from './support/clients.ts'
import { describeWithRedis, newPrefix } from './support/redis.ts'
import { authority, READ, reencoded, verdict, withAuthorityOf } from './support/tokens.ts'

const HOUR = 3600
const END = 2_000_000_000
const newId = () => randomBytes(64).toString('hex')

describeWithRedis('a revocation list', (url) => {
  let admin: Redis
  beforeAll(() => {
    admin = new Redis(url)
  })
  afterAll(() => admin.disconnect())

  describe.each(CLIENT_NAMES)('by a client of %s', (name) => {
    const prefix = newPrefix()
    let connected: Connected
    let list: RedisRevocationList
    beforeAll(async () => {
      connected = await CLIENTS[name](url)
      list = createRedisRevocationList(connected.client, { prefix })
    })
    afterAll(() => connected.close())

    it('a revoked id is found in any case, among others', async () => {
      const id = newId()
      expect(await list.isRevoked([newId(), id])).toBe(false)
      await list.revoke(id.toUpperCase())
      expect(await list.isRevoked([newId(), id])).toBe(true)
      expect(await list.isRevoked([id.toUpperCase()])).toBe(true)
      expect(await list.isRevoked([newId()])).toBe(false)
      expect(await list.isRevoked([])).toBe(false)
      expect(await admin.exists(prefix + id)).toBe(1)
    })

    it('an id is kept for good, or until an hour after expiresAt', async () => {
      const [forGood, until] = [newId(), newId()]
      await list.revoke(forGood)
      await list.revoke(until, { expiresAt: END })
      expect(await admin.expiretime(prefix + forGood)).toBe(-1)
      expect(await admin.expiretime(prefix + until)).toBe(END + HOUR)
    })

    it('revoking again never shortens the time for which an id is kept', async () => {
      const id = newId()
      const expiryAfter = async (expiresAt?: number) => {
        await list.revoke(id, { expiresAt })
        return admin.expiretime(prefix + id)
      }
      expect(await expiryAfter(END)).toBe(END + HOUR)
      expect(await expiryAfter(END - 1)).toBe(END + HOUR)
      expect(await expiryAfter(END + 1)).toBe(END + 1 + HOUR)
      expect(await expiryAfter()).toBe(-1)
      expect(await expiryAfter(END + 2)).toBe(-1)
    })

    it('revoke rejects an expiresAt over an hour ago, of which Redis keeps nothing', async () => {
      const [id, kept] = [newId(), newId()]
      const now = Math.floor(Date.now() / 1000)
      await expect(list.revoke(id, { expiresAt: now - HOUR - 10 })).rejects.toThrow(/^expiresAt: is over an hour ago/)
      expect(await list.isRevoked([id])).toBe(false)
      await list.revoke(id, { expiresAt: now - HOUR + 60 })
      expect(await list.isRevoked([id])).toBe(true)
      await list.revoke(kept)
      await list.revoke(kept, { expiresAt: now - HOUR - 10 })
      expect(await list.isRevoked([kept])).toBe(true)
    })

    it('any value under the key of an id counts as its revocation', async () => {
      const id = newId()
      await admin.rpush(prefix + id, 'a list')
      expect(await list.isRevoked([id])).toBe(true)
      await list.revoke(id, { expiresAt: END })
      await list.revoke(id)
      expect(await list.isRevoked([id])).toBe(true)
    })

    it.each(['', 'abc', 'zz', '*', 'ab\r\nFLUSHALL\r\n', 'ab{cd}', 7, undefined])('refuses the id %j', async (id) => {
      await expect(list.revoke(id as string)).rejects.toThrow(/^id: must be hex/)
      await expect(list.isRevoked([newId(), id as string])).rejects.toThrow(/^ids: must be hex/)
    })

    it.each([300, Date.now(), END + 0.5, Number.NaN, Infinity, '2000000000', new Date(), null])(
      'refuses the end %j and revokes nothing',
      async (expiresAt) => {
        const id = newId()
        await expect(list.revoke(id, { expiresAt: expiresAt as number })).rejects.toThrow(/^expiresAt: must be/)
        await expect(list.revoke(id, { expiry: END } as object)).rejects.toThrow(
          /^expiry: unknown option, must be one of expiresAt$/,
        )
        expect(await list.isRevoked([id])).toBe(false)
      },
    )

    it.each(['*', '{', '{}', '{a}', '}', '?[a-z]\\', "';--", '$1:', '__proto__'])(
      'keeps the ids of the prefix %s apart from those of others',
      async (odd) => {
        const id = newId()
        const other = createRedisRevocationList(connected.client, { prefix: prefix + odd })
        await other.revoke(id)
        expect([await other.isRevoked([id]), await list.isRevoked([id])]).toEqual([true, false])
        expect(await admin.exists(`${prefix}${odd}${id}`)).toBe(1)
      },
    )

    it('refuses a token, every copy narrowed from it, and no other', async () => {
      const [token, other] = [await authority.mint(READ), await authority.mint(READ)]
      const narrow = await authority.attenuate(token, { designations: { tenantId: 'acme' } })
      const forAcme = { designations: { tenantId: 'acme' } }
      expect(await verdict(narrow, { revocation: list }, forAcme)).toBe('allowed')
      await list.revoke(revocationIds(token)[0]!, { expiresAt: authority.now() + 300 })
      expect(await verdict(token, { revocation: list })).toBe('revoked')
      expect(await verdict(narrow, { revocation: list }, forAcme)).toBe('revoked')
      expect(await verdict(other, { revocation: list })).toBe('allowed')
    })
  })

  describe('revokeToken', () => {
    const prefix = newPrefix()
    let connected: Connected
    let list: RedisRevocationList
    beforeAll(async () => {
      connected = await CLIENTS['redis 6'](url)
      list = createRedisRevocationList(connected.client, { prefix })
    })
    afterAll(() => connected.close())
    const endOf = (token: string) => admin.expiretime(prefix + revocationIds(token)[0])

    it('refuses a token and every copy of it until an hour after the end that was minted, given a shorter copy', async () => {
      const token = await authority.mint({ ...READ, expiresIn: '30m' })
      const copy = await authority.attenuate(token, { expiresIn: '1m' })
      await list.revokeToken(copy, authority.publicKey)
      for (const one of [token, copy]) expect(await verdict(one, { revocation: list })).toBe('revoked')
      expect(await verdict(await authority.mint(READ), { revocation: list })).toBe('allowed')
      expect(await endOf(token)).toBe(authority.now() + 1800 + HOUR)
    })

    it('refuses a latent capability, and its copies that are activated later', async () => {
      const { publicKey, privateKey } = await generateKeyPair()
      const { now } = authority
      const latent = await authority.mint({
        ...READ,
        activator: publicKey,
        anchor: 'service:billing',
        expiresIn: '30d',
      })
      await list.revokeToken(latent, authority.publicKey)
      const keys = { keys: authority.publicKey, privateKey }
      const active = await activate(latent, keys, { expiresIn: '1m', now })
      expect(await verdict(active, { anchor: 'service:billing' })).toBe('allowed')
      expect(await verdict(active, { anchor: 'service:billing', revocation: list })).toBe('revoked')
    })

    it('keeps the id of a token that has expired for an hour, because another clock may still accept it', async () => {
      const now = () => Math.floor(Date.now() / 1000) - 10 * HOUR
      const token = await mintCapability({ ...READ, subject: 'alice', expiresIn: '1m', now }, authority.privateKey)
      const before = Math.floor(Date.now() / 1000)
      await list.revokeToken(token, authority.publicKey)
      expect(await verdict(token, { revocation: list, now })).toBe('revoked')
      expect(await endOf(token)).toBeGreaterThanOrEqual(before + HOUR)
      expect(await endOf(token)).toBeLessThanOrEqual(before + HOUR + 60)
    })

    it('keeps the id of a token that ends later than Redis can count for good', async () => {
      const token = await authority.mint({ ...READ, expiresIn: 200_000_000_000 })
      await list.revokeToken(token, authority.publicKey)
      expect(await endOf(token)).toBe(-1)
    })

    it('never shortens the time for which an id is kept', async () => {
      const token = await authority.mint(READ)
      await list.revoke(revocationIds(token)[0]!)
      await list.revokeToken(token, authority.publicKey)
      expect(await endOf(token)).toBe(-1)
    })

    it('refuses a token whose end somebody changed, and revokes nothing', async () => {
      const token = await authority.mint({ ...READ, expiresIn: '30m' })
      const nearer = await authority.mint({ ...READ, expiresIn: '1s' })
      const doctored = withAuthorityOf(token, nearer)
      expect(revocationIds(doctored)).toEqual(revocationIds(token))
      await expect(list.revokeToken(doctored, authority.publicKey)).rejects.toMatchObject({ code: 'invalid_signature' })
      expect(await verdict(token, { revocation: list })).toBe('allowed')
    })

    it('refuses a token of another root key, and revokes nothing', async () => {
      const mallory = await createTestAuthority()
      const token = await mallory.mint(READ)
      await expect(list.revokeToken(token, authority.publicKey)).rejects.toMatchObject({ code: 'invalid_signature' })
      expect(await list.isRevoked(revocationIds(token))).toBe(false)
    })

    it('rejects what is not a token, and a call without keys', async () => {
      await expect(list.revokeToken('nonsense', authority.publicKey)).rejects.toMatchObject({ code: 'malformed_token' })
      await expect(list.revokeToken(await authority.mint(READ), undefined as never)).rejects.toThrow(/^keys: /)
    })

    it('rejects where the clock of Redis is so far ahead that it keeps nothing', async () => {
      const forgetful = {
        set: async () => 'OK',
        expireAt: async () => 0,
        exists: async () => 0,
        getDel: async () => null,
      }
      const broken = createRedisRevocationList(forgetful)
      await expect(broken.revokeToken(await authority.mint(READ), authority.publicKey)).rejects.toThrow(
        /^Redis: its clock is over an hour ahead/,
      )
    })
  })

  it('refuses a token whose P-256 signature was encoded anew, whichever of the two ids was revoked', async () => {
    const { client, close } = await CLIENTS['redis 6'](url)
    const { publicKey, mint } = await createTestAuthority({ algorithm: 'secp256r1' })
    const token = await mint(READ)
    const twin = reencoded(token)
    const [id, twinId] = [revocationIds(token)[0]!, revocationIds(twin)[0]!]
    expect(twinId).not.toBe(id)
    for (const revoked of [id, twinId]) {
      const list = createRedisRevocationList(client, { prefix: newPrefix() })
      for (const one of [token, twin]) expect(await verdict(one, { keys: publicKey, revocation: list })).toBe('allowed')
      await list.revoke(revoked)
      for (const one of [token, twin]) expect(await verdict(one, { keys: publicKey, revocation: list })).toBe('revoked')
    }
    close()
  })

  it('asks about every block of the longest token that a verifier reads', async () => {
    const { client, close } = await CLIENTS['ioredis 6'](url)
    const list = createRedisRevocationList(client, { prefix: newPrefix() })
    let token = await authority.mint(READ)
    for (let blocks = 1; blocks < 32; blocks++) token = await authority.attenuate(token, { expiresIn: '1m' })
    const ids = revocationIds(token)
    expect(ids).toHaveLength(32)
    expect(await verdict(token, { revocation: list })).toBe('allowed')
    await list.revoke(ids[31]!)
    expect(await verdict(token, { revocation: list })).toBe('revoked')
    close()
  })

  it('answers as the list in memory does', async () => {
    const { client, close } = await CLIENTS['redis 6'](url)
    const lists = [createRevocationList(), createRedisRevocationList(client, { prefix: newPrefix() })]
    const ids = ['ab', 'ABCD', 'abcd00']
    for (const list of lists) for (const id of ids) await list.revoke(id)
    for (const asked of ['ab', 'abcd', 'ABCD00', 'cd', 'abcd0000']) {
      const [inMemory, shared] = [await lists[0]!.isRevoked([asked]), await lists[1]!.isRevoked([asked])]
      expect(shared, asked).toBe(inMemory)
    }
    close()
  })
})
