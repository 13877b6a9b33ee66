import { describe, expect, it } from 'vitest'
import { createRevocationList, type RevocationCheck, revocationIds } from '../src/index.ts'
import { withS } from './support/forge/crypto.ts'
import { capabilityBlock, designationCheck } from './support/forge/datalog.ts'
import { writeToken } from './support/forge/envelope.ts'
import { forge, forgeEnvelope } from './support/forge/forge.ts'
import { root, rootP256 } from './support/keys.ts'
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
