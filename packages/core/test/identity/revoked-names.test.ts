import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIdentityVerifier, createRevocationList, type RevocationCheck } from '../../src/index.ts'
import { capabilityBlock } from '../support/forge/datalog.ts'
import { delegationBlock, identity, identityBlock, speaks, speaksAs } from '../support/identity.ts'
import { mallory, root } from '../support/keys.ts'
import { capability, expectRefused, NOW, READ_INVOICES, verify } from '../support/verify.ts'

const job = (): string => identity(identityBlock(), [delegationBlock('agent:alice:job')])

/** Revokes no id, and names by `isActorRevoked`. */
const byName = (isActorRevoked: unknown): RevocationCheck =>
  ({ isRevoked: () => false, isActorRevoked }) as unknown as RevocationCheck

describe('a revoked name', () => {
  it.each(['agent', 'agent:alice', 'agent:alice:job'])(
    '%s takes along the identity of a name below it',
    async (name) => {
      const revocation = createRevocationList()
      await expect(speaks(job(), { revocation })).resolves.toMatchObject({ identity: 'agent:alice:job' })
      revocation.revokeActor(name)
      await expectRefused(speaks(job(), { revocation }), { code: 'revoked' })
    },
  )

  it.each(['agent:al', 'agent:alice:jo', 'agent:alice:job:night', 'agent:alice:jobs', 'agent:bob', 'Agent:alice'])(
    '%s does not cover a name that only looks alike',
    async (name) => {
      const revocation = createRevocationList()
      revocation.revokeActor(name)
      await expect(speaks(job(), { revocation })).resolves.toMatchObject({ identity: 'agent:alice:job' })
    },
  )

  it('is refused to the holder of the name above, who may speak as it', async () => {
    const revocation = createRevocationList()
    revocation.revokeActor('agent:alice:job')
    const alice = identity()
    await expect(speaksAs(alice, 'agent:alice', { revocation })).resolves.toBeDefined()
    await expectRefused(speaksAs(alice, 'agent:alice:job', { revocation }), { code: 'revoked' })
    await expectRefused(speaksAs(alice, 'agent:alice:job:night', { revocation }), { code: 'revoked' })
  })

  it('is refused also by a verifier that remembers the token', async () => {
    const revocation = createRevocationList()
    const verifier = createIdentityVerifier({ keys: root.publicKey, revocation, now: () => NOW })
    const token = job()
    await verifier.verify(token)
    revocation.revokeActor('agent:alice')
    await expectRefused(verifier.verify(token), { code: 'revoked' })
  })

  it('is unknown to a list that knows ids alone, which is not asked', async () => {
    const revocation = { isRevoked: () => false }
    await expect(speaks(job(), { revocation })).resolves.toMatchObject({ identity: 'agent:alice:job' })
  })

  it('is not asked about before it is proven', async () => {
    const revocation = byName(() => expect.unreachable())
    await expectRefused(speaksAs(job(), 'agent:bob', { revocation }), { code: 'wrong_subject' })
    await expectRefused(speaks(job(), { revocation, keys: mallory.publicKey }), { code: 'invalid_signature' })
    await expectRefused(speaks(job(), { revocation, anchor: 'billing' }), { code: 'wrong_anchor' })
  })

  it('is not asked about for capabilities, whose ids are known where they are minted', async () => {
    const revocation = byName(() => expect.unreachable())
    await expect(verify(capability(capabilityBlock()), READ_INVOICES, { revocation })).resolves.toBeDefined()
  })

  it('is asked about with the name as the token has it', async () => {
    const asked: string[] = []
    await speaks(job(), { revocation: byName((name: string) => asked.push(name) === 0) })
    expect(asked).toEqual(['agent:alice:job'])
  })

  it('refuses an identity that expires while the list is asked', async () => {
    let time = NOW
    const revocation = byName(async () => {
      time = 2_000_000_000
      return false
    })
    await expectRefused(speaks(job(), { revocation, now: () => time }), { code: 'expired' })
  })
})

describe('a list of names', () => {
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
    ['answers null', async () => null],
  ])('that %s refuses: there is no clear answer', async (_name, isActorRevoked) => {
    await expectRefused(speaks(job(), { revocation: byName(isActorRevoked) }), { code: 'unavailable' })
  })

  it('that is missing is not asked', async () => {
    await expect(speaks(job(), { revocation: { isRevoked: () => false } })).resolves.toBeDefined()
  })

  it.each([null, true, 'agent:alice', {}])('that is %j is a TypeError at once', (isActorRevoked) => {
    const options = { keys: root.publicKey, revocation: byName(isActorRevoked) }
    expect(() => createIdentityVerifier(options)).toThrow(/^revocation\.isActorRevoked: must be a function/)
  })

  it.each(['', ':', 'agent:', ':alice', 'a::b', 'agent:\u0000', 'agent:"x"', 'agent:e\u0301', 7, undefined])(
    'does not take %j for a name',
    (name) => {
      const list = createRevocationList()
      expect(() => list.revokeActor(name as string)).toThrow(/^prefix: /)
      expect(list.size).toBe(0)
    },
  )

  it.each(['constructor', '__proto__', 'toString'])('has no name %s by itself', (name) => {
    expect(createRevocationList().isActorRevoked(name)).toBe(false)
  })

  it('covers a name exactly if one of its entries is the name, or is above it', () => {
    const name = fc.array(fc.constantFrom('agent', 'alice', 'al', 'job'), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(name, { maxLength: 4 }), name, (entries, asked) => {
        const list = createRevocationList()
        for (const entry of entries) list.revokeActor(entry.join(':'))
        const isAbove = (entry: string[]) => entry.every((segment, index) => asked[index] === segment)
        expect(list.isActorRevoked(asked.join(':'))).toBe(entries.some(isAbove))
      }),
    )
  })
})
