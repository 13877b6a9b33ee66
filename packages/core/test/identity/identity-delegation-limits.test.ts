import { describe, expect, it } from 'vitest'
import {
  attenuate,
  type DelegateIdentityOptions,
  delegateIdentity,
  mintCapability,
  mintIdentity,
  presentIdentity,
} from '../../src/index.ts'
import { checkIf, pred } from '../support/forge/datalog.ts'
import { appendBlock, sealToken } from '../support/forge/forge.ts'
import { delegationBlock, identity, identityBlock, openCheck, speaks, speaksAs } from '../support/identity.ts'
import { mallory, root, type TestKey } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { sourcesByReference } from '../support/oracle/hessra.ts'
import { expectRefused, NOW } from '../support/verify.ts'

const now = (): number => NOW
const HELPER = 'agent:alice:helper'

const mintAlice = (delegatable = true, key: TestKey = root): Promise<string> =>
  mintIdentity({ subject: 'agent:alice', delegatable, now }, key.privateKey)

const delegate = (
  token: string,
  name = HELPER,
  options: Partial<DelegateIdentityOptions> = {},
  key: TestKey = root,
): Promise<string> => delegateIdentity(token, key.publicKey, { identity: name, now, ...options })

describe('how deep an identity may be delegated', () => {
  it('an identity with a depth of 0 cannot be delegated further', async () => {
    const token = await delegate(await mintAlice(), HELPER, { maxDepth: 0 })
    expect(sourcesByReference(token, root.publicKey)[1]).toBe(
      'check if actor($a), $a == "agent:alice:helper";\ncheck if time($time), $time < 1900003600;\n',
    )
    await expect(speaks(token)).resolves.toMatchObject({ identity: HELPER })
    await expectRefused(speaksAs(token, `${HELPER}:x`), {
      code: 'wrong_subject',
      block: 1,
      check: 0,
      expected: HELPER,
      actual: `${HELPER}:x`,
    })
    expect(await messageOf(delegate(token, `${HELPER}:x`))).toBe('token: may not be delegated any further')
    const forced = appendBlock(token, delegationBlock(`${HELPER}:x`), { externalKey: mallory.privateKey })
    await expectRefused(speaks(forced), { code: 'wrong_subject', block: 1, check: 0 })
  })

  it('an identity can be delegated by as many segments as its depth', async () => {
    const token = await delegate(await mintAlice(), HELPER, { maxDepth: 2 })
    expect(sourcesByReference(token, root.publicKey)[1]).toBe(
      [
        'check if actor($a), $a == "agent:alice:helper" || $a.starts_with("agent:alice:helper" + ":");',
        'check if time($time), $time < 1900003600;',
        'check if actor_depth($d), $d <= 5;',
        '',
      ].join('\n'),
    )
    await expect(speaks(token)).resolves.toMatchObject({ identity: HELPER })
    await expect(speaksAs(token, `${HELPER}:x:y`)).resolves.toMatchObject({ assertedBy: 'holder' })
    await expectRefused(speaksAs(token, `${HELPER}:x:y:z`), {
      code: 'wrong_subject',
      block: 1,
      check: 2,
      expected: '5',
      actual: '6',
    })
    expect(await messageOf(delegate(token, `${HELPER}:x:y:z`))).toBe(
      'identity: has more segments than the token allows',
    )
    const once = await delegate(token, `${HELPER}:x`)
    const twice = await delegate(once, `${HELPER}:x:y`)
    await expect(speaks(twice)).resolves.toMatchObject({
      identity: `${HELPER}:x:y`,
      delegatedBy: ['agent:alice', HELPER, `${HELPER}:x`],
      depth: 3,
    })
    expect(await messageOf(delegate(twice, `${HELPER}:x:y:z`))).toBe('token: may not be delegated any further')
    for (const externalKey of [undefined, mallory.privateKey]) {
      const forced = appendBlock(
        twice,
        delegationBlock(`${HELPER}:x:y:z`),
        externalKey === undefined ? {} : { externalKey },
      )
      await expectRefused(speaks(forced), {
        code: 'wrong_subject',
        block: 1,
        check: 2,
        expected: '5',
        actual: '6',
      })
    }
  })

  it('a delegation cannot allow more depth than is left', async () => {
    const token = await delegate(await mintAlice(), HELPER, { maxDepth: 2 })
    expect(await messageOf(delegate(token, `${HELPER}:x`, { maxDepth: 2 }))).toBe(
      'maxDepth: is more than the token leaves',
    )
    await expect(delegate(token, `${HELPER}:x`, { maxDepth: 1 })).resolves.toBeDefined()
    await expect(delegate(token, `${HELPER}:x:y`, { maxDepth: 0 })).resolves.toBeDefined()
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null, 2 ** 53])(
    'delegateIdentity refuses the depth %j',
    async (maxDepth) => {
      expect(await messageOf(delegate(await mintAlice(), HELPER, { maxDepth: maxDepth as never }))).toMatch(
        /^maxDepth: must be a whole number/,
      )
    },
  )

  it('a limit of depth binds the delegated identity and not the one it came from', async () => {
    const alice = await mintAlice()
    await delegate(alice, HELPER, { maxDepth: 0 })
    await expect(speaksAs(alice, `${HELPER}:x`)).resolves.toMatchObject({ assertedBy: 'holder' })
  })
})

describe('what cannot be delegated', () => {
  it.each([
    ['agent:bob', 'identity: must be below the name of the token'],
    ['agent:alice', 'identity: must be below the name of the token'],
    ['agent:alicex', 'identity: must be below the name of the token'],
    ['agent', 'identity: must be below the name of the token'],
    ['agent:alice:', 'identity: must not have an empty segment, between ":" or at an end'],
    ['agent:alice::x', 'identity: must not have an empty segment, between ":" or at an end'],
    ['agent:alice:a"b', 'identity: must not contain control or format characters, quotes or backslashes'],
    [
      'agent:alice:rene\u0301',
      'identity: must be in Unicode normalization form C, with at most 30 combining marks in a row',
    ],
    ['', 'identity: must not be empty'],
    [undefined, 'identity: must be a string'],
  ])('delegateIdentity refuses the name %j', async (name, message) => {
    const alice = await mintAlice()
    expect(await messageOf(delegateIdentity(alice, root.publicKey, { identity: name as never, now }))).toBe(message)
  })

  it('delegateIdentity refuses a name that is not below the delegated one', async () => {
    const token = await delegate(await mintAlice())
    for (const name of ['agent:alice:other', 'agent:alice', HELPER]) {
      expect(await messageOf(delegate(token, name))).toBe('identity: must be below the name of the token')
    }
  })

  it('delegateIdentity refuses a name that makes the token too large', async () => {
    const chain = async (length: number): Promise<string> => {
      let token = await mintAlice()
      let name = `agent:alice:${'x'.repeat(length)}`
      for (let depth = 1; depth <= 7; depth++) {
        token = await delegate(token, name)
        name += ':x'
      }
      return token
    }
    expect(await messageOf(chain(4000))).toMatch(/^identity: the result would have \d+ characters/)
    await expect(chain(1300)).resolves.toBeDefined()
  })

  it('delegateIdentity refuses an identity that is not delegatable, sealed or full', async () => {
    expect(await messageOf(delegate(await mintAlice(false)))).toBe('token: may not be delegated any further')
    expect(await messageOf(delegate(sealToken(await mintAlice())))).toBe('token: is sealed, nothing can be appended')
    const full = identity(identityBlock(), Array(31).fill({}))
    expect(await messageOf(delegate(full))).toBe('token: has as many blocks as a verifier reads')
    expect(await messageOf(delegate(7 as never))).toMatch(/^token: must be a string/)
  })

  it.each<[string, string, () => string | Promise<string>, TestKey?]>([
    ['a text that is not a token', 'malformed_token', () => 'nonsense'],
    ['an identity that another key signed', 'invalid_signature', () => mintAlice(), mallory],
    [
      'an expired identity',
      'expired',
      () =>
        mintIdentity({ subject: 'agent:alice', delegatable: true, expiresIn: 1, now: () => NOW - 1 }, root.privateKey),
    ],
    [
      'a capability',
      'wrong_kind',
      () => mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read', now }, root.privateKey),
    ],
    [
      'a context',
      'wrong_kind',
      () => identity({ facts: [pred('context', 'agent:alice')], checks: identityBlock().checks ?? [] }),
    ],
    [
      'an identity that names somebody else',
      'wrong_subject',
      () => identity(identityBlock(), [delegationBlock('agent:bob')]),
    ],
    [
      'an identity with two names in one block',
      'unsupported_block',
      () => identity(identityBlock(), [{ checks: [openCheck('agent:alice'), openCheck('agent:alice')] }]),
    ],
    [
      'a copy for one service',
      'wrong_anchor',
      async () => presentIdentity(await mintAlice(), root.publicKey, { anchor: 'service:billing', now }),
    ],
    [
      'an identity of a namespace',
      'check_failed',
      () => identity(identityBlock({ checks: [checkIf(pred('namespace', 'acme'))] })),
    ],
  ])('delegateIdentity refuses %s with %s', async (_name, code, make, key) => {
    const token = await make()
    await expectRefused(delegate(token, HELPER, {}, key), { code }, token)
  })

  it('delegateIdentity refuses options that are not an object', async () => {
    const alice = await mintAlice()
    expect(await messageOf(delegateIdentity(alice, root.publicKey, undefined as never))).toMatch(/^options: /)
    expect(await messageOf(delegate(alice, HELPER, { subject: 'x' } as never))).toMatch(/^subject: unknown option/)
    expect(await messageOf(delegate(alice, HELPER, { now: 7 as never }))).toMatch(/^now: must be a function/)
    expect(await messageOf(delegate(alice, HELPER, { now: () => NOW * 1000 }))).toMatch(/^now: must return seconds/)
    expect(await messageOf(delegate(alice, HELPER, { expiresIn: 'soon' as never }))).toMatch(/^expiresIn: /)
    expect(await messageOf(delegateIdentity(alice, root.privateKey, { identity: HELPER }))).toMatch(/^keys: /)
  })

  it('attenuate refuses an identity', async () => {
    await expectRefused(attenuate(await mintAlice(), root.publicKey, { expiresIn: 5, now }), { code: 'wrong_kind' })
  })
})
