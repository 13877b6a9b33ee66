import { describe, expect, it } from 'vitest'
import { type MintIdentityOptions, mintIdentity, revocationIds } from '../../src/index.ts'
import { speaks } from '../support/identity.ts'
import { mallory, malloryP256, root, rootP256, type TestKey } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { sourcesByReference } from '../support/oracle/hessra.ts'
import { expectRefused, NOW } from '../support/verify.ts'

const now = (): number => NOW
const keys = root.publicKey

const mint = (options: Partial<MintIdentityOptions> = {}, key: TestKey = root): Promise<string> =>
  mintIdentity({ subject: 'agent:alice', now, ...options }, key.privateKey)

describe('mintIdentity', () => {
  it('mintIdentity writes the statements of the Hessra open core, in its order', async () => {
    expect(sourcesByReference(await mint({ expiresIn: '5m' }), keys)).toEqual([
      [
        'subject("agent:alice");',
        'check if actor($a), $a == "agent:alice";',
        'check if time($time), $time < 1900000300;',
        '',
      ].join('\n'),
    ])
    expect(sourcesByReference(await mint({ delegatable: true }), keys)).toEqual([
      [
        'subject("agent:alice");',
        'check if actor($a), $a == "agent:alice" || $a.starts_with("agent:alice" + ":");',
        'check if time($time), $time < 1900003600;',
        '',
      ].join('\n'),
    ])
  })

  it.each([
    ['ed25519', root, mallory],
    ['secp256r1', rootP256, malloryP256],
  ])('mintIdentity writes tokens that verify, signed with %s', async (_curve, key, other) => {
    const token = await mint({ rootKeyId: 7 }, key)
    const verified = await speaks(token, { keys: key.publicKey })
    expect(verified).toEqual({
      kind: 'identity',
      identity: 'agent:alice',
      subject: 'agent:alice',
      assertedBy: 'authority',
      delegatedBy: [],
      depth: 0,
      expiresAt: NOW + 3600,
      revocationIds: revocationIds(token),
      rootKeyId: 7,
    })
    expect(verified.token).toBe(token)
    expect(JSON.stringify(verified)).not.toContain(token)
    expect(Object.isFrozen(verified)).toBe(true)
    await expectRefused(speaks(token, { keys: other.publicKey }), { code: 'invalid_signature' })
  })

  it('a minted identity lives 3600 seconds by default', async () => {
    const token = await mint()
    await expect(speaks(token, { now: () => NOW + 3599.9 })).resolves.toBeDefined()
    await expectRefused(speaks(token, { now: () => NOW + 3600 }), {
      code: 'expired',
      block: 0,
      check: 1,
      expected: String(NOW + 3600),
      actual: String(NOW + 3600),
    })
  })

  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ['no subject', { subject: undefined }, /^subject: must be a string/],
    ['a subject that is no string', { subject: ['agent:alice'] }, /^subject: must be a string/],
    ['an empty subject', { subject: '' }, /^subject: must not be empty/],
    ['an empty segment', { subject: 'agent::alice' }, /^subject: .*empty segment/],
    ['an empty first segment', { subject: ':alice' }, /^subject: .*empty segment/],
    ['an empty last segment', { subject: 'agent:' }, /^subject: .*empty segment/],
    ['a quote', { subject: 'agent:al"ice' }, /^subject: .*quotes/],
    ['an apostrophe', { subject: "agent:al'ice" }, /^subject: .*quotes/],
    ['a backslash', { subject: 'agent:al\\ice' }, /^subject: .*backslashes/],
    ['a line break', { subject: 'agent:al\nice' }, /^subject: .*control/],
    ['a format character', { subject: 'agent:al\u200dice' }, /^subject: .*format/],
    ['a decomposed letter', { subject: 'agent:rene\u0301' }, /^subject: .*normalization form C/],
    ['a lone surrogate', { subject: 'agent:\ud800' }, /^subject: .*surrogates/],
    ['4097 bytes', { subject: 'x'.repeat(4097) }, /^subject: .*4096 bytes/],
    ['one segment, and delegatable', { subject: 'agent', delegatable: true }, /^subject: .*at least 2 segments/],
    ['delegatable that is no boolean', { delegatable: 'yes' }, /^delegatable: must be true or false/],
    ['a life of no length', { expiresIn: 0 }, /^expiresIn: /],
    ['a life in words', { expiresIn: 'an hour' }, /^expiresIn: /],
    ['a root key id that is none', { rootKeyId: -1 }, /^rootKeyId: /],
    ['a clock of milliseconds', { now: () => NOW * 1000 }, /^now: must return seconds/],
    ['an unknown option', { identity: 'agent:alice' }, /^identity: unknown option/],
  ]
  it.each(wrong)('mintIdentity refuses %s', async (_name, options, message) => {
    expect(await messageOf(mint(options))).toMatch(message)
  })

  it('mintIdentity refuses a key that cannot sign and does not print it', async () => {
    expect(await messageOf(mintIdentity({ subject: 'agent:alice' }, keys))).toMatch(/^privateKey: /)
    expect(await messageOf(mintIdentity(undefined as never, root.privateKey))).toMatch(/^options: /)
  })

  it('mintIdentity accepts a name of one segment that is not delegatable, and the longest name that is read', async () => {
    for (const subject of ['alice', 'x'.repeat(4096)]) {
      await expect(speaks(await mint({ subject }))).resolves.toMatchObject({ identity: subject })
    }
    const subject = `agent:${'x'.repeat(4090)}`
    await expect(speaks(await mint({ subject, delegatable: true }))).resolves.toMatchObject({ identity: subject })
  })
})
