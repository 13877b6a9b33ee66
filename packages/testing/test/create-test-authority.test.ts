import { createVerifier } from '@writ/core'
import { describe, expect, it } from 'vitest'
import { createTestAuthority } from '../src/index.ts'

const read = { resource: 'invoices', operation: 'read' } as const

describe('a test authority', () => {
  it.each(['ed25519', 'secp256r1'] as const)(
    'mints and narrows tokens with a key of its own (%s)',
    async (algorithm) => {
      const authority = await createTestAuthority({ algorithm })
      expect(authority.publicKey).toMatch(new RegExp(`^${algorithm}/[0-9a-f]+$`))
      const verifier = createVerifier({ keys: authority.publicKey, anchor: null, now: authority.now })
      const broad = await authority.mint(read)
      const narrow = await authority.attenuate(broad, { designations: { tenantId: 'acme' } })
      const capability = await verifier.verify(narrow, { ...read, designations: { tenantId: 'acme' } })
      expect([capability.subject, capability.designations['tenantId']]).toEqual(['alice', 'acme'])
      const refusal = verifier.verify(narrow, { ...read, designations: { tenantId: 'globex' } })
      await expect(refusal).rejects.toMatchObject({ code: 'wrong_designation' })
      expect((await verifier.prove(await authority.mint({ ...read, subject: 'bob' }))).capability.subject).toBe('bob')
    },
  )

  it('has a clock that only moves when told to', async () => {
    const authority = await createTestAuthority({ now: 1_800_000_000 })
    const verifier = createVerifier({ keys: authority.publicKey, anchor: null, now: authority.now })
    const token = await authority.mint({ ...read, expiresIn: '1m' })
    const narrow = await authority.attenuate(token, { expiresIn: 10 })
    expect((await verifier.prove(token)).capability.expiresAt).toBe(1_800_000_060)
    authority.advance(10)
    expect(authority.now()).toBe(1_800_000_010)
    await expect(verifier.prove(narrow)).rejects.toMatchObject({ code: 'expired' })
    authority.advance(49)
    expect((await verifier.prove(token)).capability.subject).toBe('alice')
    authority.advance(1)
    await expect(verifier.prove(token)).rejects.toMatchObject({ code: 'expired' })
  })

  it('starts at the present second, so that a service without an injected clock can be tested too', async () => {
    const before = Math.floor(Date.now() / 1000)
    const authority = await createTestAuthority()
    expect(authority.now()).toBeGreaterThanOrEqual(before)
    expect(authority.now()).toBeLessThanOrEqual(Date.now() / 1000)
    const verifier = createVerifier({ keys: authority.publicKey, anchor: null })
    expect((await verifier.prove(await authority.mint(read))).capability.resource).toBe('invoices')
  })

  it('shares nothing with another one', async () => {
    const [first, second] = await Promise.all([createTestAuthority(), createTestAuthority()])
    const verifier = createVerifier({ keys: second.publicKey, anchor: null })
    await expect(verifier.prove(await first.mint(read))).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('presents a token as a Bearer credential', async () => {
    const authority = await createTestAuthority()
    expect(authority.headersFor('abc')).toEqual({ authorization: 'Bearer abc' })
  })

  it.each([
    ['clock: unknown option', { clock: 1 }],
    ['now: must be', { now: 1.5 }],
    ['now: must be', { now: -1 }],
    ['now: must be', { now: () => 1 }],
    ['algorithm: must be', { algorithm: 'rsa' }],
  ])('is a TypeError "%s" for %j', async (message, options) => {
    await expect(createTestAuthority(options as never)).rejects.toThrow(new RegExp(`^${message}`))
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '5'])('does not move its clock by %j', async (seconds) => {
    const authority = await createTestAuthority({ now: 5 })
    expect(() => authority.advance(seconds as number)).toThrow(/^seconds: must be/)
    expect(authority.now()).toBe(5)
  })
})
