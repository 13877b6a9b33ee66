import { describe, expect, it } from 'vitest'
import { delegateIdentity, mintIdentity, presentIdentity } from '../../src/index.ts'
import { speaks, speaksAs, speaksByReference } from '../support/identity.ts'
import { root, rootP256, type TestKey, testKey } from '../support/keys.ts'
import { mintByReference, type ReferenceBlock, type Statement } from '../support/oracle/hessra.ts'
import { expectRefused, NOW } from '../support/verify.ts'

const now = (): number => NOW
const curves: readonly (readonly [string, TestKey])[] = [
  ['ed25519', root],
  ['secp256r1', rootP256],
]

// The exact statements of the Hessra open core (Rust).
const states = (subject: string): Statement => ['subject({subject})', { subject }]
const open = (identity: string): Statement => [
  'check if actor($a), $a == {identity} || $a.starts_with({identity} + ":")',
  { identity },
]
const exact = (identity: string): Statement => ['check if actor($a), $a == {identity}', { identity }]
const until = (expiration: number): Statement => ['check if time($time), $time < {expiration}', { expiration }]
const inNamespace = (ns: string, predicate = 'namespace'): readonly Statement[] => [
  [`check if ${predicate}({ns})`, { ns }],
  [`subject($d, $s) <- ${predicate}($d), subject($s)`],
]

const alice = [states('agent:alice'), open('agent:alice'), until(NOW + 3600)]
/** Signed by a key that nobody else has used, or will. */
const thirdParty = (index: number, ...statements: readonly Statement[]): ReferenceBlock => ({
  statements,
  signer: testKey(`thrown away ${index}`).privateKey,
})
const helper = thirdParty(1, open('agent:alice:helper'), until(NOW + 60))
const deep = thirdParty(2, open('agent:alice:helper:x'), until(NOW + 30))

describe.each(curves)('an identity that biscuit-wasm alone has written under a key of %s', (_curve, key) => {
  const keys = key.publicKey
  const mint = (authority: readonly Statement[], ...blocks: readonly ReferenceBlock[]): string =>
    mintByReference(key.privateKey, authority, blocks)

  it('an identity of biscuit-wasm alone verifies, delegatable or not', async () => {
    const token = mint(alice)
    await expect(speaks(token, { keys })).resolves.toMatchObject({
      identity: 'agent:alice',
      assertedBy: 'authority',
      depth: 0,
      expiresAt: NOW + 3600,
    })
    await expect(speaksAs(token, 'agent:alice:x', { keys })).resolves.toMatchObject({ assertedBy: 'holder' })
    const bob = mint([states('uri:urn:test:bob'), exact('uri:urn:test:bob'), until(NOW + 3600)])
    await expect(speaks(bob, { keys })).resolves.toMatchObject({ identity: 'uri:urn:test:bob' })
    await expectRefused(speaksAs(bob, 'uri:urn:test:bob:x', { keys }), { code: 'wrong_subject' })
  })

  it('an identity of biscuit-wasm alone verifies, delegated twice', async () => {
    await expect(speaks(mint(alice, helper), { keys })).resolves.toMatchObject({
      identity: 'agent:alice:helper',
      depth: 1,
      expiresAt: NOW + 60,
    })
    const token = mint(alice, helper, deep)
    await expect(speaks(token, { keys })).resolves.toMatchObject({
      identity: 'agent:alice:helper:x',
      subject: 'agent:alice',
      assertedBy: 'holder',
      depth: 2,
      expiresAt: NOW + 30,
    })
    await expectRefused(speaksAs(token, 'agent:alice:helper', { keys }), { code: 'wrong_subject' })
    const ours = await delegateIdentity(token, keys, { identity: 'agent:alice:helper:x:y', now })
    await expect(speaks(ours, { keys })).resolves.toMatchObject({ identity: 'agent:alice:helper:x:y', depth: 3 })
  })

  it('a just-in-time copy of biscuit-wasm alone verifies for 5 seconds', async () => {
    const copy = mint(alice, thirdParty(1, until(NOW + 5)))
    await expect(speaks(copy, { keys })).resolves.toMatchObject({
      identity: 'agent:alice',
      depth: 0,
      expiresAt: NOW + 5,
    })
    await expectRefused(speaks(copy, { keys, now: () => NOW + 5 }), { code: 'expired' })
  })

  it('an older identity of biscuit-wasm alone with a namespace verifies', async () => {
    const authority = [...alice, ...inNamespace('acme')]
    await expect(speaks(mint(authority), { keys, namespace: 'acme' })).resolves.toMatchObject({
      identity: 'agent:alice',
    })
    const delegated = mint(authority, helper)
    await expect(speaks(delegated, { keys, namespace: 'acme' })).resolves.toMatchObject({
      identity: 'agent:alice:helper',
    })
    await expectRefused(speaks(delegated, { keys, namespace: 'globex' }), { code: 'check_failed' })
    const legacy = mint([...alice, ...inNamespace('acme', 'domain')])
    await expectRefused(speaks(legacy, { keys, namespace: 'acme' }), { code: 'unsupported_block' })
  })

  it('an identity does not speak as a name that its holder only writes into it', async () => {
    const forged = mint(alice, { statements: [['check if actor($a), $a == "agent:admin" || true']] })
    // The other verifier takes the bearer for alice still, and whoever reads the printed block for the admin.
    expect(speaksByReference(forged, key, 'agent:alice', NOW)).toBe(true)
    await expectRefused(speaks(forged, { keys }), { code: 'unsupported_block' })
    await expectRefused(speaksAs(forged, 'agent:admin', { keys }), { code: 'unsupported_block' })
  })
})

describe.each(curves)('an identity of ours under a key of %s', (_curve, key) => {
  const mint = (delegatable: boolean): Promise<string> =>
    mintIdentity({ subject: 'agent:alice', delegatable, now }, key.privateKey)

  /** Whom the named verifier of the Hessra open core takes the bearer for, and until when. */
  function expectSpeaker(token: string, names: readonly string[], others: readonly string[], end: number): void {
    for (const name of names) {
      expect(speaksByReference(token, key, name, end - 1), name).toBe(true)
      expect(speaksByReference(token, key, name, end), name).toBe(false)
    }
    for (const name of others) expect(speaksByReference(token, key, name, NOW), name).toBe(false)
  }

  it('our identity satisfies the named verifier of the open core', async () => {
    expectSpeaker(
      await mint(false),
      ['agent:alice'],
      ['agent:alice:x', 'agent:alicex', 'agent', 'agent:bob'],
      NOW + 3600,
    )
    expectSpeaker(
      await mint(true),
      ['agent:alice', 'agent:alice:x'],
      ['agent:alicex', 'agent', 'agent:bob'],
      NOW + 3600,
    )
  })

  it('our identity satisfies the open core delegated, and as a copy', async () => {
    const helper = await delegateIdentity(await mint(true), key.publicKey, {
      identity: 'agent:alice:helper',
      expiresIn: 60,
      now,
    })
    const others = ['agent:alice', 'agent:alice:other', 'agent:alice:helperx', 'agent:bob']
    expectSpeaker(helper, ['agent:alice:helper', 'agent:alice:helper:x'], others, NOW + 60)
    const deep = await delegateIdentity(helper, key.publicKey, { identity: 'agent:alice:helper:x', maxDepth: 0, now })
    expectSpeaker(deep, ['agent:alice:helper:x'], [...others, 'agent:alice:helper', 'agent:alice:helper:x:y'], NOW + 60)
    expectSpeaker(await presentIdentity(deep, key.publicKey, { now }), ['agent:alice:helper:x'], others, NOW + 5)
  })

  it('our identity for one service satisfies the open core when that service names itself', async () => {
    const copy = await presentIdentity(await mint(false), key.publicKey, { anchor: 'service:billing', now })
    const at = (anchor: string): boolean =>
      speaksByReference(copy, key, 'agent:alice', NOW, ['designation("anchor", {anchor})', { anchor }])
    expect(at('service:billing')).toBe(true)
    expect(at('service:orders')).toBe(false)
    expect(speaksByReference(copy, key, 'agent:alice', NOW)).toBe(false)
  })

  it('our identity with a limit of depth does not satisfy the open core, which asserts no depth', async () => {
    const limited = await delegateIdentity(await mint(true), key.publicKey, {
      identity: 'agent:alice:helper',
      maxDepth: 1,
      now,
    })
    expect(speaksByReference(limited, key, 'agent:alice:helper', NOW)).toBe(false)
    expect(speaksByReference(limited, key, 'agent:alice:helper', NOW, ['actor_depth({depth})', { depth: 3 }])).toBe(
      true,
    )
    expect(speaksByReference(limited, key, 'agent:alice:helper', NOW, ['actor_depth({depth})', { depth: 5 }])).toBe(
      false,
    )
  })
})
