import { describe, expect, it } from 'vitest'
import { createRevocationList, type RevocationCheck, revocationIds, revocationOf } from '../src/index.ts'
import { withS } from './support/forge/crypto.ts'
import {
  binary,
  capabilityBlock,
  checkIf,
  designationCheck,
  fact,
  pred,
  query,
  timeCheck,
  trusting,
  variable,
} from './support/forge/datalog.ts'
import { readToken, writeToken } from './support/forge/envelope.ts'
import { appendBlock, forge, forgeEnvelope, sealToken } from './support/forge/forge.ts'
import { gateway, mallory, root, rootP256 } from './support/keys.ts'
import { capability, codeOf, NOW, READ_ACME, READ_INVOICES, refusal, verify } from './support/verify.ts'

const narrow = capability(capabilityBlock(), [{ checks: [designationCheck('tenantId', 'acme')] }])

describe('revocation ids', () => {
  it('are the signatures on the wire, one a block, as lower-case hex', async () => {
    const { authority, blocks } = forgeEnvelope({
      root: root.privateKey,
      authority: capabilityBlock(),
      blocks: [{ checks: [designationCheck('tenantId', 'acme')] }],
    })
    const expected = [authority, ...blocks].map(({ signature }) => Buffer.from(signature).toString('hex'))
    expect(revocationIds(narrow)).toEqual(expected)
  })

  it('of what is no token are refused', () => {
    expect(() => revocationIds('nonsense')).toThrow(expect.objectContaining({ code: 'malformed_token' }))
    expect(() => revocationIds(7 as unknown as string)).toThrow(/^token: /)
  })
})

describe('a revoked token', () => {
  it.each([0, 1])('is refused when block %d is on the list', async (index) => {
    const revocation = createRevocationList()
    await expect(verify(narrow, READ_ACME, { revocation })).resolves.toBeDefined()
    revocation.revoke(revocationIds(narrow)[index]!.toUpperCase())
    expect(await codeOf(verify(narrow, READ_ACME, { revocation }))).toBe('revoked')
  })

  it('takes along what was narrowed from it, and not what it was narrowed from', async () => {
    const revocation = createRevocationList([revocationIds(narrow)[1]!])
    expect(await codeOf(verify(narrow, READ_ACME, { revocation }))).toBe('revoked')
    await expect(verify(capability(), READ_INVOICES, { revocation })).resolves.toBeDefined()
  })

  it('cannot escape by re-encoding its P-256 signature, which needs no key', async () => {
    const envelope = forgeEnvelope({ root: rootP256.privateKey, authority: capabilityBlock() })
    const withSignature = (s: 'low' | 'high') =>
      writeToken({
        ...envelope,
        authority: { ...envelope.authority, signature: withS(envelope.authority.signature, s) },
      })
    const [low, high] = [withSignature('low'), withSignature('high')]
    const [lowId, highId] = [revocationIds(low)[0]!, revocationIds(high)[0]!]
    expect(lowId).not.toBe(highId)
    for (const id of [lowId, highId]) {
      const revocation = createRevocationList([id])
      for (const token of [low, high]) {
        expect(await codeOf(verify(token, READ_INVOICES, { keys: rootP256.publicKey, revocation }))).toBe('revoked')
      }
    }
  })

  it('is not asked about while it is unproven or expired', async () => {
    const revocation: RevocationCheck = { isRevoked: () => expect.unreachable() }
    const expired = capability(capabilityBlock({ expiration: NOW }))
    expect(await codeOf(verify(expired, READ_INVOICES, { revocation }))).toBe('expired')
    const other = forge({ root: rootP256.privateKey, authority: capabilityBlock() })
    expect(await codeOf(verify(other, READ_INVOICES, { revocation }))).toBe('malformed_token')
  })
})

describe('a revocation list', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['answers nothing', () => undefined],
    ['answers 0', () => 0],
    ['answers "false"', () => 'false'],
    ['answers null', () => null],
  ])('that %s refuses: there is no clear answer', async (_name, isRevoked) => {
    const revocation = { isRevoked } as unknown as RevocationCheck
    expect((await refusal(verify(narrow, READ_ACME, { revocation }))).code).toBe('unavailable')
  })

  it.each(['', 'abc', 'xyz1', ' ab', '0x12', 7 as unknown as string])('does not take %j for an id', (id) => {
    expect(() => createRevocationList([id])).toThrow(TypeError)
  })

  it.each([null, 'abcd', 7, {}, () => []])('does not take %j for a list of ids', (ids) => {
    expect(() => createRevocationList(ids as never)).toThrow(/^ids: must be a list of ids/)
  })

  it('holds ids whatever their case', () => {
    expect(createRevocationList(['ab', 'AB', 'cd']).size).toBe(2)
    expect(createRevocationList(['ab']).isRevoked(['AB'])).toBe(true)
  })
})

const END = 2_000_000_000

describe('what a list must keep to revoke a token', () => {
  it('is the id of the authority block, until the end that this block sets', async () => {
    const expected = { id: revocationIds(capability())[0], expiresAt: END }
    expect(await revocationOf(capability(), root.publicKey)).toEqual(expected)
  })

  it('is the same for a narrowed copy that ends sooner, and for a sealed one', async () => {
    const shorter = capability(capabilityBlock(), [{ checks: [timeCheck(NOW + 60)] }])
    const expected = { id: revocationIds(capability())[0], expiresAt: END }
    expect(await revocationOf(shorter, root.publicKey)).toEqual(expected)
    expect(await revocationOf(sealToken(shorter), root.publicKey)).toEqual(expected)
  })

  it('is the soonest of several ends of the authority block', async () => {
    const token = capability(capabilityBlock({ checks: [timeCheck(END - 7), timeCheck(END + 7)] }))
    expect(await revocationOf(token, root.publicKey)).toMatchObject({ expiresAt: END - 7 })
  })

  it('does not end with a check that a block of a trusted key may satisfy', async () => {
    const escapable = {
      queries: [
        trusting(query(pred('time', variable('t')), binary(variable('t'), 'lessThan', NOW + 60)), {
          key: gateway.publicKey,
        }),
      ],
    }
    const token = capability(capabilityBlock({ checks: [escapable] }))
    expect(await revocationOf(token, root.publicKey)).toMatchObject({ expiresAt: END })
    const escaped = appendBlock(token, { facts: [fact('time', 1)] }, { externalKey: gateway.privateKey })
    await expect(verify(escaped, READ_INVOICES, { now: () => NOW + 61 })).resolves.toMatchObject({ expiresAt: END })
  })

  it('has no end where the authority block sets none', async () => {
    const endless = capability({ facts: [fact('right', 'alice', 'invoices', 'read')] }, [{ checks: [timeCheck(END)] }])
    expect(await revocationOf(endless, root.publicKey)).toMatchObject({ expiresAt: undefined })
    const own = capability({ facts: [fact('time', 1)], checks: [timeCheck(END)] })
    expect(await revocationOf(own, root.publicKey)).toMatchObject({ expiresAt: undefined })
  })
})

describe('revoking a whole token', () => {
  it.each([
    ['the token itself', () => capability()],
    ['a narrowed copy', () => narrow],
    ['a sealed copy', () => sealToken(narrow)],
    ['a copy with a block that no verifier supports', () => appendBlock(narrow, { checks: [checkIf(pred('no'))] })],
    [
      'a copy with a rule of its own',
      () => capability(capabilityBlock(), [{ rules: [{ head: pred('a'), body: [] }] }]),
    ],
  ])('by %s refuses every copy, and no other token', async (_name, copy) => {
    const revocation = createRevocationList()
    await revocation.revokeToken(copy(), root.publicKey)
    expect(await codeOf(verify(capability(), READ_INVOICES, { revocation }))).toBe('revoked')
    expect(await codeOf(verify(narrow, READ_ACME, { revocation }))).toBe('revoked')
    const other = capability(capabilityBlock({ subject: 'bob' }))
    await expect(verify(other, READ_INVOICES, { revocation })).resolves.toBeDefined()
    expect(revocation.size).toBe(1)
  })

  it('works for one that has expired, which another clock may still accept', async () => {
    const revocation = createRevocationList()
    const expired = capability(capabilityBlock({ expiration: NOW }))
    await revocation.revokeToken(expired, root.publicKey)
    expect(await codeOf(verify(expired, READ_INVOICES, { revocation, now: () => NOW - 1 }))).toBe('revoked')
  })

  it('works by either encoding of a P-256 signature', async () => {
    const envelope = forgeEnvelope({ root: rootP256.privateKey, authority: capabilityBlock() })
    const [low, high] = (['low', 'high'] as const).map((s) =>
      writeToken({
        ...envelope,
        authority: { ...envelope.authority, signature: withS(envelope.authority.signature, s) },
      }),
    ) as [string, string]
    for (const revoked of [low, high]) {
      const revocation = createRevocationList()
      await revocation.revokeToken(revoked, rootP256.publicKey)
      for (const token of [low, high])
        expect(await codeOf(verify(token, READ_INVOICES, { keys: rootP256.publicKey, revocation }))).toBe('revoked')
    }
  })

  /** The same token with an authority block that claims a nearer end; its signature, and so its id, is kept. */
  const doctored = () => {
    const { authority, ...rest } = readToken(capability())
    const nearer = readToken(capability(capabilityBlock({ expiration: NOW - 1 }))).authority
    return writeToken({ ...rest, authority: { ...authority, block: nearer.block } })
  }

  it.each([
    ['a token whose end somebody changed', 'invalid_signature', doctored],
    [
      'a token of another root key',
      'invalid_signature',
      () => forge({ root: mallory.privateKey, authority: capabilityBlock() }),
    ],
    ['a token of an unknown root key id', 'untrusted_key', () => capability(capabilityBlock(), [], { rootKeyId: 7 })],
    ['something that is not a token', 'malformed_token', () => 'nonsense'],
  ])('refuses %s with %s, and revokes nothing', async (_name, code, token) => {
    const revocation = createRevocationList()
    expect(await codeOf(revocation.revokeToken(token(), new Map([['default', root.publicKey]])))).toBe(code)
    expect(revocation.size).toBe(0)
  })

  it('without a token or keys is a TypeError, and revokes nothing', async () => {
    const revocation = createRevocationList()
    await expect(revocation.revokeToken(undefined as never, root.publicKey)).rejects.toThrow(/^token: must be a string/)
    await expect(revocation.revokeToken(narrow, undefined as never)).rejects.toThrow(/^keys: /)
    expect(revocation.size).toBe(0)
  })
})
