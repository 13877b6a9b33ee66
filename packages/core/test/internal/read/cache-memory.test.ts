import { inspect as print } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type CapabilityRequest,
  createRevocationList,
  mintIdentity,
  revocationIds,
  type VerifierOptions,
} from '../../../src/index.ts'
import { narrowed, now, signaturesOf, tenant, verifierWith } from '../../support/counted.ts'
import { capabilityBlock } from '../../support/forge/datalog.ts'
import { mallory, root } from '../../support/keys.ts'
import { capability, codeOf, expectRefused, NOW, READ_ACME, READ_INVOICES } from '../../support/verify.ts'

const requestOf = (id: number): CapabilityRequest => ({ ...READ_INVOICES, designations: { id: String(id) } })

afterEach(() => {
  vi.restoreAllMocks()
})

describe('refusals are not remembered', () => {
  it('a token with a forged signature costs the same every time, and never displaces an accepted one', async () => {
    const verifier = verifierWith({ cache: { tokens: 1 } })
    const token = capability()
    await verifier.verify(token, READ_INVOICES)
    const forged = capability(capabilityBlock(), [], { root: mallory.privateKey })
    for (const _ of [1, 2, 3]) {
      expect(await signaturesOf(() => codeOf(verifier.verify(forged, READ_INVOICES)))).toBe(1)
    }
    expect(await signaturesOf(() => verifier.verify(token, READ_INVOICES))).toBe(0)
  })

  it('revoked and expired tokens, and those of another kind, displace no accepted one', async () => {
    const revocation = createRevocationList()
    const verifier = verifierWith({ cache: { tokens: 1 }, revocation })
    const token = capability()
    await verifier.verify(token, READ_INVOICES)
    const revoked = capability(capabilityBlock({ subject: 'bob' }))
    revocation.revoke(revocationIds(revoked)[0] as string)
    await expectRefused(verifier.verify(revoked, READ_INVOICES), { code: 'revoked' })
    const expired = capability(capabilityBlock({ expiration: NOW }))
    await expectRefused(verifier.verify(expired, READ_INVOICES), { code: 'expired' })
    const identity = await mintIdentity({ subject: 'agent:alice', now }, root.privateKey)
    await expectRefused(verifier.verify(identity, READ_INVOICES), { code: 'wrong_kind' })
    expect(await signaturesOf(() => verifier.verify(token, READ_INVOICES))).toBe(0)
  })
})

describe('the size of the cache', () => {
  it('the holder of one token who narrows it over and over displaces no token of others', async () => {
    const verifier = verifierWith({ cache: { tokens: 100 } })
    const others = Array.from({ length: 30 }, (_, id) => capability(capabilityBlock({ subject: `service:${id}` })))
    for (const token of others) await verifier.verify(token, READ_INVOICES)
    const own = capability(capabilityBlock({ subject: 'mallory' }))
    for (let id = 0; id < 150; id++) await verifier.verify(narrowed(own, id), requestOf(id))
    const again = async () => {
      for (const token of others) await verifier.verify(token, READ_INVOICES)
    }
    expect(await signaturesOf(again)).toBe(0)
  })

  it('the token that was used least recently is forgotten first', async () => {
    const verifier = verifierWith({ cache: { tokens: 2 } })
    const [first, second, third] = ['alice', 'bob', 'mallory'].map((subject) =>
      capability(capabilityBlock({ subject })),
    )
    for (const token of [first, second, first, third]) await verifier.verify(token as string, READ_INVOICES)
    expect(await signaturesOf(() => verifier.verify(first as string, READ_INVOICES))).toBe(0)
    expect(await signaturesOf(() => verifier.verify(second as string, READ_INVOICES))).toBe(1)
  })

  it('the option `cache` takes a million tokens', () => {
    expect(() => verifierWith({ cache: { tokens: 1_000_000 } })).not.toThrow()
  })

  it.each<[unknown, string]>([
    [true, 'cache: must be false or { tokens }'],
    [null, 'cache: must be false or { tokens }'],
    [new Map(), 'cache: must be false or { tokens }'],
    [{ prefixes: 1 }, 'cache.prefixes: unknown option'],
    [{ tokens: 0 }, 'cache.tokens: must be a whole number from 1 to 1000000'],
    [{ tokens: 1.5 }, 'cache.tokens: must be a whole number'],
    [{ tokens: '8' }, 'cache.tokens: must be a whole number'],
    [{ tokens: 1_000_001 }, 'cache.tokens: must be a whole number'],
  ])('the option `cache: %j` is refused when the verifier is created', (cache, message) => {
    const build = () => verifierWith({ cache } as Partial<VerifierOptions>)
    expect(build).toThrow(TypeError)
    expect(build).toThrow(message)
  })
})

describe('what the cache holds is not handed out', () => {
  it('what a handler does to its result changes no later one', async () => {
    const verifier = verifierWith()
    const token = capability(capabilityBlock(), [tenant])
    const first = await verifier.verify(token, READ_ACME)
    const changes: readonly (() => unknown)[] = [
      () => Object.assign(first, { subject: 'mallory' }),
      () => Object.assign(first.designations, { tenantId: 'globex' }),
      () => (first.revocationIds as string[]).push('00'),
      () => Object.defineProperty(first, 'expiresAt', { value: 0 }),
    ]
    for (const change of changes) expect(change).toThrow(TypeError)
    const { designations, revocationIds: ids, subject } = await verifier.verify(token, READ_ACME)
    expect({ designations: { ...designations }, ids, subject }).toEqual({
      designations: { tenantId: 'acme' },
      ids: revocationIds(token),
      subject: 'alice',
    })
  })

  it('a revocation list cannot change the ids that it is asked about', async () => {
    const asked: (readonly string[])[] = []
    const isRevoked = (ids: readonly string[]) => {
      asked.push(ids)
      return false
    }
    const verifier = verifierWith({ revocation: { isRevoked } })
    const token = capability()
    for (const _ of [1, 2]) await verifier.verify(token, READ_INVOICES)
    expect(() => (asked[0] as string[]).pop()).toThrow(TypeError)
    expect(asked).toEqual([revocationIds(token), revocationIds(token)])
  })

  it('no way of printing a verifier or a proof shows a token that is remembered', async () => {
    const verifier = verifierWith()
    const token = capability()
    const proof = await verifier.prove(token)
    await proof.authorize(READ_INVOICES)
    for (const value of [verifier, proof, proof.capability]) {
      const shown = print(value, { showHidden: true, depth: null, getters: true, maxStringLength: null })
      expect(shown).not.toContain(token.slice(0, 24))
      expect(shown).not.toContain(token.slice(-24))
    }
  })
})

describe('what the sender chooses indexes nothing', () => {
  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', ''])(
    'the text %j is refused, before and after a token was accepted',
    async (text) => {
      const verifier = verifierWith()
      await expectRefused(verifier.verify(text, READ_INVOICES), { code: 'malformed_token' })
      await verifier.verify(capability(), READ_INVOICES)
      await expectRefused(verifier.verify(text, READ_INVOICES), { code: 'malformed_token' })
    },
  )
})
