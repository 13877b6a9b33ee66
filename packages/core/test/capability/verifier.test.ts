import { describe, expect, it } from 'vitest'
import { CapabilityError, createVerifier, inspect, VERIFIER_OPTIONS, type VerifierOptions } from '../../src/index.ts'
import { capabilityBlock, designationCheck, fact, rightCheck, timeCheck } from '../support/forge/datalog.ts'
import { sealToken } from '../support/forge/forge.ts'
import { mallory, root, rootP256 } from '../support/keys.ts'
import { capability, expectRefused, NOW, READ_ACME, READ_INVOICES, refusal, verify } from '../support/verify.ts'

const keys = root.publicKey

describe('a verifier is built, or says which option is wrong', () => {
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['no options', undefined, /^options: /],
    ['no keys', {}, /^keys: /],
    ['an unknown option', { keys, anchr: 'service:billing' }, /^anchr: /],
    ['a malformed key', { keys: 'ed25519/zz' }, /^keys: /],
    ['an all-zero key', { keys: `ed25519/${'0'.repeat(64)}` }, /^keys: .*zero/],
    ['an all-zero P-256 key', { keys: `secp256r1/${'0'.repeat(66)}` }, /^keys: .*zero/],
    ['a private key', { keys: root.privateKey }, /^keys: .*private/],
    ['a P-256 key off the curve', { keys: `secp256r1/02${'0'.repeat(63)}7` }, /^keys: /],
    ['an empty map of keys', { keys: new Map() }, /^keys: /],
    ['an object of keys', { keys: { 1: keys } }, /^keys: /],
    ['a map with a bad id', { keys: new Map([[-1, keys]]) }, /^keys: /],
    ['a map with a bad key', { keys: new Map([[3, 'nonsense']]) }, /^keys\[3\]: /],
    ['no anchor', { keys }, /^anchor: is required: the name of this service, or null for none$/],
    ['an anchor that is undefined', { keys, anchor: undefined }, /^anchor: is required/],
    ['an empty anchor', { keys, anchor: '' }, /^anchor: /],
    ['an anchor that is no string', { keys, anchor: 7 }, /^anchor: /],
    ['an anchor with a lone surrogate', { keys, anchor: '\ud800' }, /^anchor: /],
    ['allowUnanchored that is no boolean', { keys, allowUnanchored: 'yes' }, /^allowUnanchored: /],
    ['an unknown designatedBy', { keys, designatedBy: 'gateway' }, /^designatedBy: /],
    [
      'designatedBy with a private key',
      { keys, designatedBy: { publicKey: root.privateKey } },
      /^designatedBy.publicKey: /,
    ],
    ['designatedBy with more', { keys, designatedBy: { publicKey: keys, label: 'a' } }, /^designatedBy.label: /],
    ['a revocation list without isRevoked', { keys, revocation: {} }, /^revocation.isRevoked: /],
    ['a revocation list that is null', { keys, revocation: null }, /^revocation.isRevoked: /],
    ['a negative tolerance', { keys, clockTolerance: -1 }, /^clockTolerance: /],
    ['a tolerance over a minute', { keys, clockTolerance: 61 }, /^clockTolerance: /],
    ['a tolerance of parts of a second', { keys, clockTolerance: 0.5 }, /^clockTolerance: /],
    ['a tolerance that is no number', { keys, clockTolerance: '5' }, /^clockTolerance: /],
    ['an empty namespace', { keys, namespace: '' }, /^namespace: /],
    ['an unknown limit', { keys, limits: { bocks: 3 } }, /^limits.bocks: /],
    ['a limit of zero', { keys, limits: { blocks: 0 } }, /^limits.blocks: /],
    ['a limit that is no number', { keys, limits: { steps: '9' } }, /^limits.steps: /],
    ['limits that are null', { keys, limits: null }, /^limits: /],
    ['limits that are a map', { keys, limits: new Map([['blocks', 3]]) }, /^limits: /],
    ['limits that are a promise', { keys, limits: Promise.resolve({}) }, /^limits: /],
    ['a limit that is none any more', { keys, limits: { operations: 1025 } }, /^limits.operations: .* 1024$/],
    ['a clock that is no function', { keys, now: NOW }, /^now: /],
  ]
  it.each(wrong)('createVerifier refuses %s and names the option', (_name, options, message) => {
    const build = () => createVerifier(options as VerifierOptions)
    expect(build).toThrow(TypeError)
    expect(build).toThrow(message)
    expect(build).not.toThrow(root.privateKey.slice(-64))
  })

  it('VERIFIER_OPTIONS names every option of a verifier', () => {
    const all: Record<keyof VerifierOptions, true> = {
      keys: true,
      anchor: true,
      allowUnanchored: true,
      designatedBy: true,
      revocation: true,
      clockTolerance: true,
      namespace: true,
      singleUse: true,
      limits: true,
      cache: true,
      now: true,
    }
    expect([...VERIFIER_OPTIONS].sort()).toEqual(Object.keys(all).sort())
  })

  it('createVerifier does not call the clock, the keys function or the revocation list', () => {
    const unreachable = () => expect.unreachable()
    createVerifier({ keys: unreachable, anchor: null, now: unreachable, revocation: { isRevoked: unreachable } })
  })
})

describe('an invalid request is an error of the caller, a TypeError', () => {
  it.each([
    ['nothing in it', undefined, /^request: /],
    ['no resource', { operation: 'read' }, /^resource: /],
    ['an operation that is no string', { resource: 'invoices', operation: ['read'] }, /^operation: /],
    ['an unknown part', { ...READ_INVOICES, tenant: 'acme' }, /^request\.tenant: /],
    [
      'a designation that is no string',
      { ...READ_INVOICES, designations: { tenantId: 5 } },
      /^designations\.tenantId: /,
    ],
    ['designations that are a list', { ...READ_INVOICES, designations: ['tenantId'] }, /^designations/],
    ['a subject that is no string', { ...READ_INVOICES, subject: {} }, /^subject: /],
    ['allowUndesignated that is no boolean', { ...READ_INVOICES, allowUndesignated: 1 }, /^allowUndesignated: /],
  ])('verify throws a TypeError for a request with %s', async (_name, request, message) => {
    const verifier = createVerifier({ keys, anchor: null, now: () => NOW })
    await expect(verifier.verify(capability(), request as never)).rejects.toThrow(message)
    await expect(verifier.verify(capability(), request as never)).rejects.toBeInstanceOf(TypeError)
  })

  it.each([
    ['a promise', Promise.resolve({ tenantId: 'acme' })],
    ['search params', new URLSearchParams({ tenantId: 'acme' })],
    ['a map', new Map([['tenantId', 'acme']])],
    ['an object that inherits', Object.create({ tenantId: 'acme' })],
    [
      'an instance with accessors',
      new (class {
        get tenantId() {
          return 'acme'
        }
      })(),
    ],
  ])('verify refuses designations that only look empty: %s', async (_name, designations) => {
    await expect(verify(capability(), { ...READ_INVOICES, designations: designations as never })).rejects.toThrow(
      /^designations: /,
    )
    // From a function a promise is an answer like any other: it is awaited.
    const code = designations instanceof Promise ? 'undesignated' : 'unavailable'
    const found = () => designations as never
    await expectRefused(verify(capability(), { ...READ_INVOICES, designations: found }), { code })
  })

  it('verify reads the request once: changes during the look-up of designations have no effect', async () => {
    const request = {
      ...READ_INVOICES,
      allowUndesignated: false,
      designations: async () => {
        Object.assign(request, { allowUndesignated: true, resource: 'orders', subject: 'mallory' })
        return { tenantId: 'acme' }
      },
    }
    await expectRefused(verify(capability(), request), { code: 'undesignated' })
  })

  it('verify throws a TypeError for a token that is not a string', async () => {
    await expect(verify(undefined as never)).rejects.toThrow(/^token: /)
  })
})

describe('designations that are found by a function', () => {
  const token = capability(capabilityBlock(), [{ checks: [designationCheck('tenantId', 'acme')] }])

  it('designations are looked up for a token that is otherwise accepted', async () => {
    const designations = async () => ({ tenantId: 'acme' })
    await expect(verify(token, { ...READ_INVOICES, designations })).resolves.toMatchObject({
      designations: { tenantId: 'acme' },
    })
  })

  it('designations are not looked up for a token that is unproven, expired, revoked or for another right', async () => {
    const request = { ...READ_INVOICES, designations: () => expect.unreachable() }
    const expired = capability(capabilityBlock({ expiration: NOW }))
    await expectRefused(verify('nonsense', request), { code: 'malformed_token' })
    await expectRefused(verify(expired, request), { code: 'expired' })
    await expectRefused(verify(token, request, { revocation: { isRevoked: () => true } }), { code: 'revoked' })
    await expectRefused(verify(token, { ...request, resource: 'orders' }), { code: 'wrong_resource' })
    await expectRefused(verify(token, { ...request, operation: 'write' }), { code: 'wrong_operation' })
    await expectRefused(verify(token, { ...request, subject: 'bob' }), { code: 'wrong_subject' })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('database down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('database down'))],
    ['finds what is no object', () => 'acme' as never],
    ['finds a value that is no string', () => ({ tenantId: 5 }) as never],
  ])('verify refuses as unavailable when the designations function %s', async (_name, designations) => {
    await expectRefused(verify(token, { ...READ_INVOICES, designations }), { code: 'unavailable' })
  })

  it('a CapabilityError that the designations function throws is the refusal', async () => {
    const designations = () => {
      throw new CapabilityError('missing_designation', { label: 'tenantId' })
    }
    await expectRefused(verify(token, { ...READ_INVOICES, designations }), {
      code: 'missing_designation',
      label: 'tenantId',
    })
  })

  it('a token that expires while designations are looked up is refused', async () => {
    let time = NOW
    const short = capability(capabilityBlock({ expiration: NOW + 5, designations: { tenantId: 'acme' } }))
    const designations = () => {
      time += 5
      return { tenantId: 'acme' }
    }
    await expectRefused(verify(short, { ...READ_INVOICES, designations }, { now: () => time }), { code: 'expired' })
  })
})

describe('what a verifier returns', () => {
  it('a verified capability is frozen, holds all that was proven and does not print its token', async () => {
    const token = capability(capabilityBlock({ designations: { tenantId: 'acme' } }), [], { rootKeyId: 3 })
    const proven = await verify(token, READ_ACME)
    expect(proven).toMatchObject({
      kind: 'capability',
      subject: 'alice',
      resource: 'invoices',
      operation: 'read',
      expiresAt: 2_000_000_000,
      rootKeyId: 3,
    })
    expect(proven.token).toBe(token)
    expect(JSON.stringify(proven)).not.toContain(token)
    expect([proven, proven.designations, proven.revocationIds].every(Object.isFrozen)).toBe(true)
  })

  it('one proof of a token answers several requests', async () => {
    const token = capability(capabilityBlock({ designations: { tenantId: 'acme' } }))
    const proven = await createVerifier({ keys, anchor: null, now: () => NOW }).prove(token)
    expect(proven.capability).toMatchObject({ subject: 'alice', designations: {} })
    await expectRefused(proven.authorize({ ...READ_ACME, operation: 'write' }), { code: 'wrong_operation' })
    await expect(proven.authorize(READ_ACME)).resolves.toMatchObject({ designations: { tenantId: 'acme' } })
  })
})

describe('an error', () => {
  const secret = 'tenant\n"quoted" \u202etfel\u0000 \ud800'

  it('the fields of an error are printable and at most 128 characters long', async () => {
    const token = capability(capabilityBlock(), [{ checks: [designationCheck('tenantId', 'acme\n\u001b[31m')] }])
    const error = await refusal(verify(token, { ...READ_INVOICES, designations: { tenantId: secret.repeat(9) } }))
    expect(error.expected).toBe('acme\\u{a}\\u{1b}[31m')
    expect(error.actual).toMatch(/^tenant\\u\{a\}"quoted" \\u\{202e\}tfel\\u\{0\} \\u\{d800\}/)
    expect(error.actual?.length).toBe(128)
    expect(error.message).toBe('the token names another object')
    expect(new CapabilityError('revoked', { label: `${'a'.repeat(126)}😀b` }).label?.isWellFormed()).toBe(true)
  })

  const honest = capability()
  it.each([
    ['an undesignated request', () => verify(honest, READ_ACME)],
    ['a changed token', () => verify(`${honest.slice(0, -9)}AAAAAAAA=`)],
    ['a key of the other curve', () => verify(honest, READ_INVOICES, { keys: rootP256.publicKey })],
  ])('an error never contains the token: %s', async (_name, attempt) => {
    const error = await refusal(attempt())
    const everything = `${error.stack} ${JSON.stringify(error)} ${JSON.stringify(Object.values(error))} ${error.cause}`
    expect(everything).not.toContain(honest.slice(0, 60))
  })

  it('the JSON of an error holds only what a caller may know', () => {
    const unproven = new CapabilityError('limits_exceeded', {
      proven: false,
      label: 'tenantId',
      expected: 'acme',
      cause: new Error('x'),
    })
    expect(JSON.stringify(unproven)).toBe('{"name":"CapabilityError","code":"malformed_token"}')
    expect(unproven.code).toBe('limits_exceeded')
  })
})

describe('the end of a token', () => {
  it.each([
    ['the authority block', NOW, NOW + 9, 0, 1],
    ['an appended block', NOW + 9, NOW, 1, 0],
    ['the first of two blocks that end at once', NOW, NOW, 0, 1],
  ])('is that of %s, and the refusal names its check', async (_, first, second, block, check) => {
    const token = capability(capabilityBlock({ expiration: first }), [{ checks: [timeCheck(second)] }])
    await expectRefused(verify(token, READ_INVOICES), { code: 'expired', block, check, expected: String(NOW) })
  })

  it('is not set by a check that its own block satisfies, also if another block states a time that it does not see', async () => {
    const token = capability(capabilityBlock({ expiration: NOW + 9 }), [
      { facts: [fact('time', 0)], signing: { external: mallory.privateKey } },
      { facts: [fact('time', 0)], checks: [timeCheck(NOW)] },
    ])
    await expect(verify(token, READ_INVOICES)).resolves.toMatchObject({ expiresAt: NOW + 9 })
  })

  it('must be set by the authority block: one that a holder adds does not count', async () => {
    const token = capability({ facts: [fact('right', 'alice', 'invoices', 'read')], checks: [rightCheck()] }, [
      { checks: [timeCheck(NOW + 9)] },
    ])
    await expectRefused(verify(token, READ_INVOICES), { code: 'unsupported_block', block: 0 })
  })
})

describe('inspect', () => {
  const token = capability(
    capabilityBlock({ designations: { tenantId: 'acme' } }),
    [{ checks: [designationCheck('anchor', 'service:billing'), timeCheck(NOW)] }],
    { rootKeyId: 1 },
  )

  it('inspect says what a token says, and whether it is proven', async () => {
    const expected = {
      kind: 'capability',
      subject: 'alice',
      resource: 'invoices',
      operation: 'read',
      expiresAt: NOW,
      rootKeyId: 1,
      blocks: 2,
      sealed: false,
      designations: [
        { block: 0, label: 'tenantId', value: 'acme' },
        { block: 1, label: 'anchor', value: 'service:billing' },
      ],
    }
    expect(await inspect(token)).toMatchObject({ ...expected, verified: false })
    expect(await inspect(token, keys)).toMatchObject({ ...expected, verified: true })
    expect(await inspect(sealToken(token), keys)).toMatchObject({ sealed: true })
  })

  it('inspect with keys refuses a token that it cannot prove', async () => {
    await expectRefused(inspect(token, rootP256.publicKey), { code: 'malformed_token' }, token)
    await expectRefused(inspect('nonsense'), { code: 'malformed_token' })
    await expect(inspect(token, 'nonsense')).rejects.toThrow(/^keys: /)
  })

  it('inspect tells the kinds of token apart, and knows when a token has none', async () => {
    const kindOf = async (...facts: ReturnType<typeof fact>[]) => {
      const { kind, subject, expiresAt } = await inspect(capability({ facts }))
      return [kind, subject, expiresAt]
    }
    expect(await kindOf(fact('subject', 'agent:alice'))).toEqual(['identity', 'agent:alice', undefined])
    expect(await kindOf(fact('context', 'bob'))).toEqual(['context', 'bob', undefined])
    expect(await kindOf(fact('subject', 'alice'), fact('context', 'bob'))).toEqual(['unknown', undefined, undefined])
  })
})
