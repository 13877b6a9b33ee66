import { parsePolicy } from '@writ/engine'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createIssuerKeys, type IssuerKeys } from '../../src/oidc/issuer-keys.ts'
import { verifyAssertion } from '../../src/oidc/verify-assertion.ts'
import { startIssuer, type TestIssuer } from './support/start-issuer.ts'

// `npm run check -- --full` sets it: what waits for real time runs there.
const LONG = process.env['WRIT_LONG'] === '1'

const NOW = 1_800_000_000

describe('the keys of an issuer', () => {
  let issuer: TestIssuer
  let issuerKeys: IssuerKeys
  let askedBefore = 0

  beforeAll(async () => {
    issuer = await startIssuer()
  })

  afterAll(() => issuer.stop())

  beforeEach(async () => {
    await issuer.answer('normal')
    askedBefore = await issuer.asked()
    issuerKeys = createIssuerKeys()
    // Only the dates: what waits for the network goes on.
    vi.useFakeTimers({ toFake: ['Date'], now: NOW * 1000 })
  })

  afterEach(() => void vi.useRealTimers())

  const asked = async () => (await issuer.asked()) - askedBefore
  const sign = (header: object = {}) =>
    issuer.sign({ iss: issuer.url, aud: 'writ', iat: NOW, exp: NOW + 300 }, { header })
  const verify = (token: string, more = '') => {
    const toml = `[[issuers]]\nid = "a"\nissuer = "${issuer.url}"\naudience = "writ"\nprivate = true\n${more}`
    return verifyAssertion(token, parsePolicy(toml), { issuerKeys, now: () => NOW })
  }
  const UNAVAILABLE = { name: 'AuthorityError', code: 'unavailable', status: 503 }

  it('are asked for once, and found where the discovery document says', async () => {
    await Promise.all(Array.from({ length: 10 }, async () => verify(await sign())))
    expect(await asked()).toBe(1)
  })

  it('are found where the policy says', async () => {
    const { issuer: found } = await verify(await sign(), `jwks_uri = "${issuer.url}/other-keys"`)
    expect([found.id, await asked()]).toEqual(['a', 0])
  })

  it('are asked for again after a rotation; until then the answer is to come back', async () => {
    await verify(await sign())
    await issuer.rotate()
    const token = await sign()
    await expect(verify(token)).rejects.toMatchObject({ ...UNAVAILABLE, details: { retryAfter: 30 } })
    expect(await asked()).toBe(1)
    vi.setSystemTime((NOW + 31) * 1000)
    expect((await verify(token)).issuer.id).toBe('a')
    expect(await asked()).toBe(2)
  })

  it('are asked for once in half a minute, however many strangers name keys that are unknown', async () => {
    const token = await sign({ kid: 'mallory' })
    await expect(verify(token)).rejects.toMatchObject({ code: 'refused_credential' })
    for (let tries = 0; tries < 20; tries++) await expect(verify(token)).rejects.toMatchObject(UNAVAILABLE)
    expect(await asked()).toBe(1)
    expect((await verify(await sign())).issuer.id).toBe('a')
  })

  it.each(['down', 'redirect', 'endless', 'no json', 'many', 'hundreds'])(
    'cannot be had from one that answers: %s. It is asked again after five seconds',
    async (mode) => {
      await issuer.answer(mode)
      const token = await sign()
      for (let tries = 0; tries < 5; tries++) {
        await expect(verify(token)).rejects.toMatchObject({ ...UNAVAILABLE, details: { retryAfter: 5 } })
      }
      expect(await asked()).toBe(1)
      await issuer.answer('normal')
      vi.setSystemTime((NOW + 6) * 1000)
      expect((await verify(token)).issuer.id).toBe('a')
    },
  )

  it.runIf(LONG)('cannot be had from one that does not answer within five seconds', async () => {
    await issuer.answer('silent')
    const started = performance.now()
    await expect(verify(await sign())).rejects.toMatchObject(UNAVAILABLE)
    expect(performance.now() - started).toBeLessThan(8000)
  })

  it('are not taken from the discovery document of another issuer', async () => {
    const token = await sign()
    const toml = `[[issuers]]\nid = "a"\nissuer = "${issuer.url}/"\naudience = "writ"\nprivate = true\n`
    const slashed = await issuer.sign({ iss: `${issuer.url}/`, aud: 'writ', iat: NOW, exp: NOW + 300 })
    const parts = { issuerKeys, now: () => NOW }
    await expect(verifyAssertion(slashed, parsePolicy(toml), parts)).rejects.toMatchObject(UNAVAILABLE)
    await expect(verifyAssertion(token, parsePolicy(toml), parts)).rejects.toMatchObject({ code: 'refused_credential' })
  })

  it('serve on for ten minutes when the issuer does not answer', async () => {
    const token = await sign()
    await verify(token)
    await issuer.answer('down')
    vi.setSystemTime((NOW + 599) * 1000)
    expect((await verify(token)).issuer.id).toBe('a')
    vi.setSystemTime((NOW + 601) * 1000)
    await expect(verify(token)).rejects.toMatchObject(UNAVAILABLE)
  })
})
