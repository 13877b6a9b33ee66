import { describe, expect, it } from 'vitest'
import {
  delegateIdentity,
  mintCapability,
  mintIdentity,
  type PresentIdentityOptions,
  presentIdentity,
} from '../../src/index.ts'
import { DEFAULT_LIMITS } from '../../src/internal/base/limits.ts'
import { decodeToken } from '../../src/internal/token/decode-token.ts'
import { designationCheck, fact } from '../support/forge/datalog.ts'
import { appendBlock, sealToken } from '../support/forge/forge.ts'
import { identity, identityBlock, speaks, speaksAs } from '../support/identity.ts'
import { gateway, mallory, root, rootP256, type TestKey } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { sourcesByReference } from '../support/oracle/hessra.ts'
import { expectRefused, NOW } from '../support/verify.ts'

const now = (): number => NOW

const mint = (options: { delegatable?: boolean; expiresIn?: number } = {}, key: TestKey = root): Promise<string> =>
  mintIdentity({ subject: 'agent:alice', now, ...options }, key.privateKey)

const copy = (token: string, options: PresentIdentityOptions = {}, key: TestKey = root): Promise<string> =>
  presentIdentity(token, key.publicKey, { now, ...options })

describe('presentIdentity', () => {
  it.each([
    ['ed25519', root],
    ['secp256r1', rootP256],
  ])('presentIdentity makes a copy that lives for 5 seconds, of an identity signed with %s', async (_curve, key) => {
    const keys = key.publicKey
    const token = await copy(await mint({}, key), {}, key)
    await expect(speaks(token, { keys, now: () => NOW + 4.9 })).resolves.toMatchObject({
      identity: 'agent:alice',
      assertedBy: 'authority',
      depth: 0,
      expiresAt: NOW + 5,
    })
    await expectRefused(speaks(token, { keys, now: () => NOW + 5 }), {
      code: 'expired',
      block: 1,
      check: 0,
    })
  })

  it('presentIdentity appends one block with an end and, if asked for, a service', async () => {
    const sources = async (options: PresentIdentityOptions): Promise<string | undefined> =>
      sourcesByReference(await copy(await mint(), options), root.publicKey)[1]
    expect(await sources({})).toBe('check if time($time), $time < 1900000005;\n')
    expect(await sources({ expiresIn: '1m', anchor: 'service:billing' })).toBe(
      'check if time($time), $time < 1900000060;\ncheck if designation("anchor", "service:billing");\n',
    )
    expect(decodeToken(await copy(await mint()), DEFAULT_LIMITS).blocks[1]?.external).toBeUndefined()
  })

  it('presentIdentity needs no options', async () => {
    const token = await presentIdentity(await mintIdentity({ subject: 'agent:alice' }, root.privateKey), root.publicKey)
    const { expiresAt } = await speaks(token, { now: () => Date.now() / 1000 })
    expect(Math.abs(expiresAt - Date.now() / 1000 - 5)).toBeLessThan(4)
  })

  it('a presented copy never outlives the identity', async () => {
    const token = await copy(await mint({ expiresIn: 3 }))
    await expect(speaks(token)).resolves.toMatchObject({ expiresAt: NOW + 3 })
    await expectRefused(speaks(token, { now: () => NOW + 3 }), { code: 'expired', block: 0 })
    await expectRefused(
      speaks(await copy(await mint({ expiresIn: 3 }), { now: () => NOW + 9 }), { now: () => NOW + 9 }),
      { code: 'expired' },
    )
  })

  it('a presented copy keeps the name of the identity', async () => {
    const alice = await mint({ delegatable: true })
    await expect(speaksAs(await copy(alice), 'agent:alice:x')).resolves.toMatchObject({ assertedBy: 'holder' })
    const helper = await delegateIdentity(alice, root.publicKey, { identity: 'agent:alice:helper', now })
    const token = await copy(helper)
    await expect(speaks(token)).resolves.toMatchObject({ identity: 'agent:alice:helper', depth: 1, expiresAt: NOW + 5 })
    await expectRefused(speaksAs(token, 'agent:alice'), { code: 'wrong_subject' })
  })

  it('a copy of a copy does not outlive the first copy', async () => {
    const token = await copy(await copy(await mint()), { expiresIn: 60 })
    await expect(speaks(token)).resolves.toMatchObject({ expiresAt: NOW + 5 })
  })

  it('presentIdentity refuses tokens that it cannot append to', async () => {
    expect(await messageOf(copy(sealToken(await mint())))).toBe('token: is sealed, nothing can be appended')
    expect(await messageOf(copy(identity(identityBlock(), Array(31).fill({}))))).toBe(
      'token: has as many blocks as a verifier reads',
    )
    expect(await messageOf(copy(undefined as never))).toMatch(/^token: /)
    await expectRefused(copy('nonsense'), { code: 'malformed_token' })
    await expectRefused(copy(await mint(), {}, mallory), { code: 'invalid_signature' })
    const capability = await mintCapability(
      { subject: 'alice', resource: 'invoices', operation: 'read', now },
      root.privateKey,
    )
    await expectRefused(copy(capability), { code: 'wrong_kind' })
    await expectRefused(copy(identity({ ...identityBlock(), facts: [fact('context', 'agent:alice')] })), {
      code: 'wrong_kind',
    })
  })

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['options that are none', 5, /^options: /],
    ['an unknown option', { audience: 'service:billing' }, /^audience: unknown option/],
    ['no life', { expiresIn: 0 }, /^expiresIn: /],
    ['an empty anchor', { anchor: '' }, /^anchor: must not be empty/],
    ['an anchor that is no string', { anchor: ['service:billing'] }, /^anchor: must be a string/],
    ['a clock that is none', { now: 5 }, /^now: must be a function/],
    ['a clock of milliseconds', { now: () => NOW * 1000 }, /^now: must return seconds/],
  ]
  it.each(wrong)('presentIdentity refuses %s', async (_name, options, message) => {
    expect(await messageOf(presentIdentity(await mint(), root.publicKey, options as never))).toMatch(message)
  })

  it('presentIdentity refuses a private key in place of the public key', async () => {
    expect(await messageOf(presentIdentity(await mint(), root.privateKey))).toMatch(/^keys: /)
  })
})

describe('a copy for one service', () => {
  it('a copy for one service passes there and nowhere else', async () => {
    const token = await copy(await mint(), { anchor: 'service:billing' })
    await expect(speaks(token, { anchor: 'service:billing' })).resolves.toMatchObject({ identity: 'agent:alice' })
    await expectRefused(speaks(token, { anchor: 'service:orders' }), {
      code: 'wrong_anchor',
      block: 1,
      check: 1,
      expected: 'service:billing',
      actual: 'service:orders',
    })
    await expectRefused(speaks(token, { anchor: 'service:orders', allowUnanchored: true }), {
      code: 'wrong_anchor',
    })
    await expectRefused(speaks(token), {
      code: 'wrong_anchor',
      block: 1,
      check: 1,
      expected: 'service:billing',
      actual: undefined,
    })
  })

  it('a service with an anchor demands a copy for that service', async () => {
    const plain = await copy(await mint())
    await expectRefused(speaks(plain, { anchor: 'service:billing' }), {
      code: 'wrong_anchor',
      label: 'anchor',
      actual: 'service:billing',
    })
    await expect(speaks(plain, { anchor: 'service:billing', allowUnanchored: true })).resolves.toBeDefined()
  })

  it('a holder cannot make a copy for a service by stating the designation as a fact', async () => {
    const token = appendBlock(await mint(), {
      facts: [fact('designation', 'anchor', 'service:billing')],
      checks: [designationCheck('anchor', 'service:billing')],
    })
    await expectRefused(speaks(token, { anchor: 'service:billing' }), { code: 'wrong_anchor' })
  })

  it('a copy for one service cannot be turned into a copy for another', async () => {
    const token = await copy(await mint(), { anchor: 'service:billing' })
    expect(await messageOf(copy(token, { anchor: 'service:orders' }))).toBe('anchor: the token has one already')
    for (const externalKey of [undefined, gateway.privateKey]) {
      const block = {
        facts: [fact('designation', 'anchor', 'service:billing')],
        checks: [designationCheck('anchor', 'service:orders')],
      }
      const stolen = appendBlock(token, block, externalKey === undefined ? {} : { externalKey })
      await expectRefused(speaks(stolen, { anchor: 'service:orders' }), { code: 'wrong_anchor' })
    }
    await expect(speaks(await copy(token), { anchor: 'service:billing' })).resolves.toBeDefined()
  })
})
