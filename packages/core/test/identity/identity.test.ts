import { describe, expect, it } from 'vitest'
import {
  createIdentityVerifier,
  createRevocationList,
  createVerifier,
  type IdentityVerifierOptions,
  inspect,
  type MintIdentityOptions,
  mintCapability,
  mintIdentity,
  revocationIds,
} from '../../src/index.ts'
import {
  activationCheck,
  capabilityBlock,
  checkIf,
  designationCheck,
  fact,
  pred,
  rejectIf,
  timeCheck,
  variable,
} from '../support/forge/datalog.ts'
import { appendBlock, forge, sealToken } from '../support/forge/forge.ts'
import type { BlockSpec, Query } from '../support/forge/model.ts'
import { delegationBlock, identity, identityBlock, openCheck, speaks, speaksAs } from '../support/identity.ts'
import { gateway, mallory, root, type TestKey } from '../support/keys.ts'
import { messageOf } from '../support/message-of.ts'
import { expectRefused, NOW, READ_INVOICES } from '../support/verify.ts'

const now = (): number => NOW
const keys = root.publicKey

const mint = (options: Partial<MintIdentityOptions> = {}, key: TestKey = root): Promise<string> =>
  mintIdentity({ subject: 'agent:alice', now, ...options }, key.privateKey)

describe('a delegatable identity', () => {
  it('a delegatable identity can speak as every name below it', async () => {
    const token = await mint({ delegatable: true })
    await expect(speaksAs(token, 'agent:alice')).resolves.toMatchObject({
      identity: 'agent:alice',
      assertedBy: 'authority',
    })
    for (const name of ['agent:alice:helper', 'agent:alice:a:b:c', 'agent:alice:alice']) {
      await expect(speaksAs(token, name)).resolves.toMatchObject({
        identity: name,
        subject: 'agent:alice',
        assertedBy: 'holder',
        depth: 0,
      })
    }
  })

  it('an identity that is not delegatable cannot speak as a name below it', async () => {
    const token = await mint()
    await expect(speaksAs(token, 'agent:alice')).resolves.toMatchObject({ identity: 'agent:alice' })
    await expectRefused(speaksAs(token, 'agent:alice:helper'), {
      code: 'wrong_subject',
      block: 0,
      check: 0,
      expected: 'agent:alice',
      actual: 'agent:alice:helper',
    })
  })
})

describe('createIdentityVerifier says which option is wrong', () => {
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['no options', undefined, /^options: /],
    ['no keys', {}, /^keys: is required/],
    ['a malformed key', { keys: 'ed25519/zz' }, /^keys: /],
    ['an unknown option', { keys, subject: 'agent:alice' }, /^subject: unknown option/],
    ['an empty anchor', { keys, anchor: '' }, /^anchor: /],
    ['allowUnanchored that is no boolean', { keys, allowUnanchored: 1 }, /^allowUnanchored: /],
    ['an empty namespace', { keys, namespace: '' }, /^namespace: /],
    ['a list without isRevoked', { keys, revocation: {} }, /^revocation.isRevoked: /],
    ['a tolerance over a minute', { keys, clockTolerance: 61 }, /^clockTolerance: /],
    ['an unknown limit', { keys, limits: { bocks: 1 } }, /^limits.bocks: /],
    ['a clock that is no function', { keys, now: NOW }, /^now: /],
  ]
  it.each(wrong)('createIdentityVerifier refuses %s and names the option', (_name, options, message) => {
    const build = () => createIdentityVerifier(options as IdentityVerifierOptions)
    expect(build).toThrow(TypeError)
    expect(build).toThrow(message)
  })

  it.each<[object, RegExp]>([
    [{ identity: ['agent:alice'] }, /^identity: must be a string/],
    [{ subject: 'agent:alice' }, /^request.subject: unknown option/],
  ])('an identity verifier refuses the request %j', async (request, message) => {
    expect(await messageOf(createIdentityVerifier({ keys }).verify(identity(), request))).toMatch(message)
  })

  it('an identity verifier throws a TypeError for a token that is not a string', async () => {
    expect(await messageOf(speaks(undefined as never))).toMatch(/^token: /)
  })
})

describe('only an identity is an identity', () => {
  const life = timeCheck(2_000_000_000)
  const subject = fact('subject', 'agent:alice')
  const names = openCheck('agent:alice')
  const others: readonly (readonly [string, BlockSpec])[] = [
    ['a capability', capabilityBlock()],
    ['a context', { facts: [fact('context', 'agent:alice')], checks: [life] }],
    ['a token that states nothing', { checks: [names, life] }],
    [
      'an identity and a capability',
      { facts: [subject, fact('right', 'alice', 'invoices', 'read')], checks: [names, life] },
    ],
    ['an identity and a context', { facts: [subject, fact('context', 'agent:alice')], checks: [names, life] }],
    ['two subjects', { facts: [subject, fact('subject', 'agent:bob')], checks: [names, life] }],
    ['one subject twice', { facts: [subject, subject], checks: [names, life] }],
    ['a subject that is a number', { facts: [fact('subject', 7)], checks: [life] }],
    ['a subject of bytes', { facts: [fact('subject', new Uint8Array([97]))], checks: [life] }],
    ['a subject of two terms alone', { facts: [fact('subject', 'acme', 'agent:alice')], checks: [names, life] }],
  ]
  it.each(others)('%s is not an identity, whatever later blocks state', async (_name, authority) => {
    for (const blocks of [[], [{ facts: [subject], checks: [names, life] }]]) {
      await expectRefused(speaks(identity(authority, blocks)), { code: 'wrong_kind', block: 0 })
      await expectRefused(speaksAs(identity(authority, blocks), 'agent:alice'), { code: 'wrong_kind' })
    }
  })

  it('a capability verifier refuses identities', async () => {
    const verifier = createVerifier({ keys, anchor: null, now })
    const forged: BlockSpec = {
      facts: [
        fact('right', 'agent:alice', 'invoices', 'read'),
        fact('resource', 'invoices'),
        fact('operation', 'read'),
      ],
    }
    for (const token of [await mint(), identity(identityBlock(), [forged])]) {
      await expectRefused(verifier.verify(token, READ_INVOICES), { code: 'wrong_kind' })
    }
    const capability = await mintCapability(
      { subject: 'agent:alice', resource: 'invoices', operation: 'read', now },
      root.privateKey,
    )
    await expectRefused(speaks(capability), { code: 'wrong_kind' })
  })

  it('an identity keeps its kind and subject, whatever later blocks state', async () => {
    const forged: BlockSpec = {
      facts: [
        fact('subject', 'agent:admin'),
        fact('right', 'agent:admin', 'invoices', 'read'),
        fact('context', 'agent:admin'),
        fact('activation', NOW),
        fact('designation', 'anchor', 'service:billing'),
        fact('namespace', 'acme'),
        fact('time', 0),
      ],
    }
    for (const externalKey of [undefined, gateway.privateKey]) {
      const token = appendBlock(identity(), forged, externalKey === undefined ? {} : { externalKey })
      await expect(speaks(token)).resolves.toMatchObject({
        kind: 'identity',
        identity: 'agent:alice',
        subject: 'agent:alice',
        depth: 0,
      })
      await expectRefused(speaksAs(token, 'agent:admin'), { code: 'wrong_subject' })
      await expectRefused(speaks(token, { anchor: 'service:billing' }), { code: 'wrong_anchor' })
    }
    expect(await inspect(identity(identityBlock(), [forged]), keys)).toMatchObject({
      kind: 'identity',
      subject: 'agent:alice',
    })
  })

  it('a `subject` fact of two terms beside that of one term changes nothing', async () => {
    const authority = { ...identityBlock(), facts: [fact('subject', 'acme', 'agent:bob'), subject] }
    await expect(speaks(identity(authority))).resolves.toMatchObject({ subject: 'agent:alice' })
  })

  it('forged facts of a later block satisfy no check of an earlier block', async () => {
    const trusting: Query = { body: [pred('activation', variable('x'))], scope: [{ key: gateway.publicKey }] }
    const cases: readonly (readonly [string, BlockSpec])[] = [
      ['check_failed', identityBlock({ checks: [checkIf(pred('namespace', 'acme'))] })],
      ['not_activated', identityBlock({ checks: [activationCheck(gateway.publicKey)] })],
      ['not_activated', identityBlock({ checks: [{ queries: [trusting] }] })],
      ['missing_designation', identityBlock({ checks: [designationCheck('tenantId', 'acme')] })],
      ['wrong_anchor', identityBlock({ checks: [designationCheck('anchor', 'service:billing')] })],
      ['wrong_anchor', identityBlock({ checks: [checkIf(pred('designation', 'anchor', variable('x')))] })],
      ['check_failed', identityBlock({ checks: [checkIf(pred('namespace', variable('x')))] })],
      ['already_used', identityBlock({ checks: [designationCheck('facet', '1')] })],
      ['expired', identityBlock({ expiration: NOW })],
    ]
    const forged: BlockSpec = {
      facts: [
        fact('namespace', 'acme'),
        fact('activation', NOW),
        fact('designation', 'tenantId', 'acme'),
        fact('designation', 'anchor', 'service:billing'),
        fact('designation', 'facet', '1'),
        fact('time', 0),
      ],
    }
    for (const [code, authority] of cases) {
      const token = identity(authority)
      for (const presented of [
        token,
        appendBlock(token, forged),
        appendBlock(token, forged, { externalKey: mallory.privateKey }),
      ]) {
        await expectRefused(speaks(presented), { code })
      }
    }
  })
})

describe('what is common to all tokens holds for identities', () => {
  it('an identity that another key signed, or with an unknown root key id, is refused', async () => {
    await expectRefused(speaks(identity(identityBlock(), [], { root: mallory.privateKey })), {
      code: 'invalid_signature',
    })
    const token = identity(identityBlock(), [], { rootKeyId: 9 })
    await expectRefused(speaks(token, { keys: new Map([[1, keys]]) }), { code: 'untrusted_key' })
    await expectRefused(speaks('nonsense'), { code: 'malformed_token' })
  })

  it('an identity that does not end is refused', async () => {
    const endless = { ...identityBlock(), checks: [openCheck('agent:alice')] }
    await expectRefused(speaks(identity(endless)), { code: 'unsupported_block', block: 0 })
    const early = identity(identityBlock(), [{ checks: [timeCheck(NOW)] }])
    await expectRefused(speaks(early), { code: 'expired', block: 1, check: 0 })
    await expect(speaks(early, { clockTolerance: 1 })).resolves.toMatchObject({ expiresAt: NOW })
  })

  it('an identity is revoked by the id of any of its blocks', async () => {
    const token = identity(identityBlock(), [delegationBlock('agent:alice:helper')])
    for (const id of revocationIds(token)) {
      await expectRefused(speaks(token, { revocation: createRevocationList([id]) }), { code: 'revoked' })
    }
    const unknown = createRevocationList(['00'])
    await expect(speaks(token, { revocation: unknown })).resolves.toBeDefined()
    const broken = { isRevoked: () => Promise.reject(new Error('down')) }
    await expectRefused(speaks(token, { revocation: broken }), { code: 'unavailable' })
  })

  it('an identity that expires while the revocation list is asked is refused', async () => {
    let time = NOW
    const revocation = {
      isRevoked: async () => {
        time = 2_000_000_000
        return false
      },
    }
    await expectRefused(speaks(identity(), { revocation, now: () => time }), { code: 'expired' })
  })

  it('a sealed identity verifies', async () => {
    await expect(speaks(sealToken(identity()))).resolves.toMatchObject({ identity: 'agent:alice' })
  })

  it('an identity that exceeds a limit of size or steps is refused', async () => {
    await expectRefused(speaks(identity(), { limits: { blocks: 1, textLength: 16 } }), { code: 'limits_exceeded' })
    await expectRefused(speaks(identity(), { limits: { steps: 3 } }), { code: 'limits_exceeded' })
  })

  it('an identity with a `reject if` over what the verifier does not assert is refused', async () => {
    const rejecting = (name: string): string =>
      identity(identityBlock(), [{ checks: [rejectIf(pred(name, variable('x')))] }])
    await expectRefused(speaks(rejecting('exposure')), {
      code: 'unsupported_block',
      block: 1,
      check: 0,
    })
    await expectRefused(speaks(rejecting('namespace'), { namespace: 'acme' }), {
      code: 'check_failed',
      block: 1,
    })
  })

  it('an identity verifier refuses as unavailable when its clock tells no time', async () => {
    await expectRefused(speaks(identity(), { now: () => Number.NaN }), { code: 'unavailable' })
  })
})

describe('a namespace', () => {
  const restricted = (ns: string): string =>
    forge({
      root: root.privateKey,
      authority: {
        ...identityBlock({ checks: [checkIf(pred('namespace', ns))] }),
        rules: [
          {
            head: pred('subject', variable('d'), variable('s')),
            body: [pred('namespace', variable('d')), pred('subject', variable('s'))],
          },
        ],
      },
    })

  it('a namespace restricts an older identity to verifiers of that namespace', async () => {
    await expect(speaks(restricted('acme'), { namespace: 'acme' })).resolves.toMatchObject({ identity: 'agent:alice' })
    await expectRefused(speaks(restricted('acme'), { namespace: 'globex' }), {
      code: 'check_failed',
      block: 0,
      check: 2,
    })
    await expectRefused(speaks(restricted('acme')), { code: 'check_failed' })
  })

  it('a namespace of the verifier does not restrict identities without one', async () => {
    await expect(speaks(identity(), { namespace: 'acme' })).resolves.toMatchObject({ identity: 'agent:alice' })
  })
})
