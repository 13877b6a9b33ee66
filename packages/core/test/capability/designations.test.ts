import { describe, expect, it } from 'vitest'
import type { CapabilityRequest } from '../../src/index.ts'
import {
  activationCheck,
  binary,
  capabilityBlock,
  checkAll,
  checkIf,
  checkIfAny,
  designationCheck,
  fact,
  lazy,
  pred,
  query,
  rejectIf,
  trusting,
  variable,
} from '../support/forge/datalog.ts'
import { appendBlock } from '../support/forge/forge.ts'
import type { BlockSpec, Check, Predicate } from '../support/forge/model.ts'
import { activator, gateway, mallory } from '../support/keys.ts'
import { capability, expectRefused, READ_ACME, READ_INVOICES, verify } from '../support/verify.ts'

const x = variable('x')
const acme = pred('designation', 'tenantId', 'acme')
const globex = pred('designation', 'tenantId', 'globex')
const key = { key: gateway.publicKey }

/** A broad capability with one more block by its holder. */
function narrowed(block: BlockSpec | Check): string {
  return capability(capabilityBlock(), ['queries' in block ? { checks: [block] } : block])
}

describe('a designation of the request', () => {
  it('must be bound by a check of the token', async () => {
    const capability = await verify(narrowed(designationCheck('tenantId', 'acme')), READ_ACME)
    expect(Object.entries(capability.designations)).toEqual([['tenantId', 'acme']])
  })

  it('that no check names is refused: a capability that forgot its tenant is not good for every tenant', async () => {
    await expectRefused(verify(capability(), READ_ACME), { code: 'undesignated', label: 'tenantId', actual: 'acme' })
  })

  it('with another value is refused', async () => {
    await expectRefused(verify(narrowed(designationCheck('tenantId', 'globex')), READ_ACME), {
      code: 'wrong_designation',
      label: 'tenantId',
      expected: 'globex',
      actual: 'acme',
      block: 1,
      check: 0,
    })
  })

  it('that the request lacks is refused', async () => {
    await expectRefused(verify(narrowed(designationCheck('tenantId', 'acme'))), {
      code: 'missing_designation',
      label: 'tenantId',
      expected: 'acme',
      actual: undefined,
    })
  })

  it.each(['Acme', 'acme ', ' acme', 'acme\u0000', 'a\u0301cme', 'аcme', 'ACME', ''])(
    'is compared as it stands: %j is not acme',
    async (value) => {
      const request = { ...READ_INVOICES, designations: { tenantId: value } }
      await expectRefused(verify(narrowed(designationCheck('tenantId', 'acme')), request), {
        code: 'wrong_designation',
      })
    },
  )

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'may have the label or the value %s',
    async (name) => {
      const token = capability(capabilityBlock({ designations: JSON.parse(`{"${name}": "${name}"}`) }))
      const designations = JSON.parse(`{"${name}": "${name}"}`) as Record<string, string>
      const { designations: proven } = await verify(token, { ...READ_INVOICES, designations })
      expect(Object.entries(proven)).toEqual([[name, name]])
      expect(Object.getPrototypeOf(proven)).toBeNull()
      await expectRefused(verify(capability(), { ...READ_INVOICES, designations }), { code: 'undesignated' })
    },
  )

  it('twice in the token with two values leaves no request that it is good for', async () => {
    const token = narrowed({ checks: [designationCheck('tenantId', 'acme'), designationCheck('tenantId', 'globex')] })
    await expectRefused(verify(token, READ_ACME), { code: 'wrong_designation' })
  })

  it('may be one of as many as a token can hold', async () => {
    const designations = Object.fromEntries(
      Array.from({ length: 126 }, (_, index) => [`label${index}`, `value${index}`]),
    )
    const token = capability(capabilityBlock({ designations }))
    await expect(verify(token, { ...READ_INVOICES, designations })).resolves.toMatchObject({ designations })
  })

  it('may be left unnamed by who says so, and is then not among the proven ones', async () => {
    const request: CapabilityRequest = { ...READ_ACME, allowUndesignated: true }
    expect({ ...(await verify(capability(), request)).designations }).toEqual({})
    await expectRefused(verify(narrowed(designationCheck('tenantId', 'globex')), request), {
      code: 'wrong_designation',
    })
  })
})

describe('nothing but a ground `check if` binds', () => {
  const escapes: readonly (readonly [string, BlockSpec | Check])[] = [
    ['an `or` with another way out', checkIfAny(query(acme), query(pred('resource', 'invoices')))],
    ['an `or` over two tenants', checkIfAny(query(acme), query(globex))],
    ['a `check all`', checkAll(acme)],
    ['a `reject if` of another tenant', rejectIf(globex)],
    ['a variable for the value', checkIf(pred('designation', 'tenantId', x))],
    [
      'a variable for the value, compared',
      checkIf(pred('designation', 'tenantId', x), binary(x, 'strictEqual', 'acme')),
    ],
    ['a variable for the label', checkIf(pred('designation', x, 'acme'))],
    ['an expression alone', checkIf(lazy(true, 'lazyOr', false))],
    ['a check that its own block satisfies', { facts: [acme], checks: [checkIf(acme)] }],
  ]
  it.each(escapes)('%s does not', async (_name, block) => {
    await expectRefused(verify(narrowed(block), READ_ACME), { code: 'undesignated' })
  })

  it('a check of the authority block that a fact of the authority block satisfies does not', async () => {
    const base = capabilityBlock({ designations: { tenantId: 'acme' } })
    await expectRefused(verify(capability({ ...base, facts: [...base.facts!, acme] }), READ_ACME), {
      code: 'undesignated',
    })
  })

  it('a check that sees the authority block, where the pair is stated, does not', async () => {
    const base = capabilityBlock()
    const token = capability({ ...base, facts: [...base.facts!, acme] }, [{ checks: [checkIf(acme)] }])
    await expectRefused(verify(token, READ_ACME), { code: 'undesignated' })
  })

  it('a check that sees the pair in a block before it does not', async () => {
    const token = capability(capabilityBlock(), [
      { facts: [acme] },
      { checks: [{ queries: [trusting(query(acme), 'previous')] }] },
    ])
    await expectRefused(verify(token, READ_ACME), { code: 'undesignated' })
  })

  it('a check that names a key does, attested or not: its value is held against the requested one', async () => {
    const demand: BlockSpec = { checks: [{ queries: [trusting(query(acme), key)] }] }
    const attested = capability(capabilityBlock(), [
      demand,
      { facts: [acme], signing: { external: gateway.privateKey } },
    ])
    await expect(verify(attested, READ_ACME)).resolves.toMatchObject({ designations: { tenantId: 'acme' } })
    await expectRefused(verify(attested, { ...READ_INVOICES, designations: { tenantId: 'globex' } }), {
      code: 'wrong_designation',
    })
  })

  it.each<[string, Check]>([
    [
      'the pair in every way of an `or`',
      checkIfAny(query(acme, pred('resource', 'invoices')), query(pred('operation', 'read'), acme)),
    ],
    ['the pair beside other conditions', checkIf(acme, pred('resource', 'invoices'), binary(1, 'lessThan', 2))],
  ])('%s does', async (_name, check) => {
    await expect(verify(narrowed(check), READ_ACME)).resolves.toMatchObject({ designations: { tenantId: 'acme' } })
    await expectRefused(verify(narrowed(check), { ...READ_INVOICES, designations: { tenantId: 'globex' } }), {
      code: 'wrong_designation',
    })
  })

  it('facts that a holder states about the request change nothing', async () => {
    const forged: Predicate[] = [
      fact('designation', 'tenantId', 'globex'),
      fact('right', 'alice', 'orders', 'write'),
      fact('resource', 'orders'),
      fact('operation', 'write'),
      fact('time', 0),
      fact('subject', 'root'),
      fact('activation', 0),
    ]
    const token = capability(capabilityBlock(), [
      { checks: [checkIf(acme)] },
      { facts: forged },
      { facts: forged, signing: { external: mallory.privateKey } },
    ])
    await expect(verify(token, READ_ACME)).resolves.toBeDefined()
    await expectRefused(verify(token, { ...READ_INVOICES, designations: { tenantId: 'globex' } }), {
      code: 'wrong_designation',
    })
    await expectRefused(verify(token, { ...READ_ACME, resource: 'orders' }), { code: 'wrong_resource' })
    await expectRefused(verify(token, { ...READ_ACME, operation: 'write' }), { code: 'wrong_operation' })
    await expectRefused(verify(token, { ...READ_ACME, subject: 'root' }), { code: 'wrong_subject' })
  })
})

describe('`designatedBy` says who must have named the object', () => {
  const byAuthority = capability(capabilityBlock({ designations: { tenantId: 'acme' } }))
  const byHolder = narrowed(checkIf(acme))
  const byGateway = appendBlock(capability(), { checks: [checkIf(acme)] }, { externalKey: gateway.privateKey })

  it.each([
    ['anyone', 'anyone', [true, true, true]],
    ['the authority', 'authority', [true, false, false]],
    ['the gateway', { publicKey: gateway.publicKey }, [false, false, true]],
  ] as const)('%s', async (_name, designatedBy, expected) => {
    for (const [index, token] of [byAuthority, byHolder, byGateway].entries()) {
      const verdict = verify(token, READ_ACME, { designatedBy })
      if (expected[index]) await expect(verdict).resolves.toBeDefined()
      else await expectRefused(verdict, { code: 'undesignated' })
    }
  })
})

describe('an attested check', () => {
  const attestedTenant: Check = { queries: [trusting(query(acme), key)] }
  const authority = capabilityBlock({ checks: [attestedTenant] })
  const word = (...facts: Predicate[]): BlockSpec => ({ facts, signing: { external: gateway.privateKey } })

  it('cannot be met by the URL: the verifier would satisfy it with what the caller asked for', async () => {
    await expectRefused(verify(capability(authority), READ_ACME), {
      code: 'missing_designation',
      label: 'tenantId',
      expected: 'acme',
      block: 0,
      check: 2,
    })
  })

  it('is met by the holder of the key', async () => {
    await expect(verify(capability(authority, [word(acme)]))).resolves.toBeDefined()
    await expectRefused(verify(capability(authority, [word(globex)])), { code: 'missing_designation' })
  })

  it('is not met by another key, nor by nobody', async () => {
    await expectRefused(verify(capability(authority, [{ facts: [acme] }])), { code: 'missing_designation' })
    const forged = { facts: [acme], signing: { external: mallory.privateKey } }
    await expectRefused(verify(capability(authority, [forged])), { code: 'missing_designation' })
  })

  it('must be about the object that is asked for', async () => {
    const request = { ...READ_INVOICES, designations: { tenantId: 'globex' }, allowUndesignated: true }
    await expectRefused(verify(capability(authority, [word(acme)]), request), {
      code: 'wrong_designation',
      label: 'tenantId',
      expected: 'acme',
      actual: 'globex',
    })
    await expect(
      verify(capability(authority, [word(acme)]), { ...READ_ACME, allowUndesignated: true }),
    ).resolves.toBeDefined()
  })

  it.each<[string, Predicate]>([
    ['the value', pred('designation', 'tenantId', x)],
    ['the label', pred('designation', x, 'acme')],
  ])('with a variable for %s does not say what it is about', async (_name, predicate) => {
    const open = capabilityBlock({ checks: [{ queries: [trusting(query(predicate), key)] }] })
    const request = { ...READ_INVOICES, designations: { tenantId: 'globex' }, allowUndesignated: true }
    await expectRefused(verify(capability(open, [word(acme)]), request), { code: 'wrong_designation' })
  })

  it('about the anchor must be about this service: the word for another one does not do', async () => {
    const anchored = (service: string) => pred('designation', 'anchor', service)
    const base = capabilityBlock({ checks: [{ queries: [trusting(query(anchored('service:orders')), key)] }] })
    const token = capability(base, [
      word(anchored('service:orders')),
      { checks: [checkIf(anchored('service:billing'))] },
    ])
    await expectRefused(verify(token, READ_INVOICES, { anchor: 'service:billing' }), {
      code: 'wrong_anchor',
      label: 'anchor',
      expected: 'service:orders',
      actual: 'service:billing',
      block: 0,
    })
    const there = capability(base, [word(anchored('service:orders'))])
    await expect(verify(there, READ_INVOICES, { anchor: 'service:orders' })).resolves.toBeDefined()
  })

  it('is one also by the scope of its block', async () => {
    const block: BlockSpec = { scope: [key], checks: [checkIf(acme)] }
    await expectRefused(verify(narrowed(block), READ_ACME), { code: 'missing_designation' })
  })

  it.each<[string, string, Predicate, object, object]>([
    ['the namespace of the service', 'check_failed', pred('namespace', 'billing'), { namespace: 'billing' }, {}],
    ['the subject of the request', 'wrong_subject', pred('subject', 'alice'), {}, { subject: 'alice' }],
  ])('cannot be met by %s: it asks for a signature', async (_name, code, predicate, options, request) => {
    const asking = capabilityBlock({ checks: [{ queries: [trusting(query(predicate), key)] }] })
    await expectRefused(verify(capability(asking)), { code })
    await expectRefused(verify(capability(asking), { ...READ_INVOICES, ...request }, options), { code })
    const signed = capability(asking, [word(predicate)])
    await expect(verify(signed, { ...READ_INVOICES, ...request }, options)).resolves.toBeDefined()
  })

  it('of activation waits for its activator, whatever the request says', async () => {
    const latent = capabilityBlock({ checks: [activationCheck(activator.publicKey)] })
    await expectRefused(verify(capability(latent)), { code: 'not_activated' })
    await expectRefused(verify(capability(latent, [{ facts: [fact('activation', 1)] }])), { code: 'not_activated' })
    const request = { ...READ_INVOICES, designations: { activation: '1' }, allowUndesignated: true }
    await expectRefused(verify(capability(latent), request), { code: 'not_activated' })
    const activated = appendBlock(
      capability(latent),
      { facts: [fact('activation', 1)] },
      { externalKey: activator.privateKey },
    )
    await expect(verify(activated)).resolves.toBeDefined()
  })
})

describe('the anchor', () => {
  const anchored = narrowed(designationCheck('anchor', 'service:billing'))
  const billing = { anchor: 'service:billing' }

  it('holds a capability to one service', async () => {
    await expect(verify(anchored, READ_INVOICES, billing)).resolves.toMatchObject({ designations: {} })
    await expectRefused(verify(anchored, READ_INVOICES, { anchor: 'service:orders' }), {
      code: 'wrong_anchor',
      expected: 'service:billing',
      actual: 'service:orders',
    })
  })

  it('is demanded by a service that has one', async () => {
    await expectRefused(verify(capability(), READ_INVOICES, billing), { code: 'wrong_anchor' })
    await expect(verify(capability(), READ_INVOICES, { ...billing, allowUnanchored: true })).resolves.toBeDefined()
  })

  it('is not forgiven to a capability for another service', async () => {
    const options = { anchor: 'service:orders', allowUnanchored: true }
    await expectRefused(verify(anchored, READ_INVOICES, options), { code: 'wrong_anchor' })
  })

  it('is refused by a service that has none', async () => {
    await expectRefused(verify(anchored), { code: 'wrong_anchor' })
  })

  it('cannot be asked for by a request, nor can a facet', async () => {
    for (const label of ['anchor', 'facet']) {
      const request = { ...READ_INVOICES, designations: { [label]: 'service:billing' } }
      await expect(verify(anchored, request)).rejects.toThrow(TypeError)
    }
  })

  it('that a block states itself does not count', async () => {
    const forged = {
      facts: [fact('designation', 'anchor', 'service:billing')],
      checks: [designationCheck('anchor', 'service:billing')],
    }
    await expectRefused(verify(narrowed(forged), READ_INVOICES, billing), { code: 'wrong_anchor' })
  })

  it('is asked for after the object, so that a forgotten tenant is told first', async () => {
    await expectRefused(verify(capability(), READ_ACME, billing), { code: 'undesignated' })
  })

  it('may be attested by a check that names a key: the service knows its own name', async () => {
    const check = designationCheck('anchor', 'service:billing', key)
    await expect(
      verify(capability(capabilityBlock({ checks: [check] })), READ_INVOICES, billing),
    ).resolves.toBeDefined()
  })

  it('of a facet that no ledger holds is refused', async () => {
    await expectRefused(verify(narrowed(designationCheck('facet', '7'))), { code: 'already_used' })
  })
})

describe('a `reject if` over what the verifier does not assert passes because nobody looks, and is refused', () => {
  it.each<[string, Check, string, string | undefined]>([
    ['a label that is not asserted', rejectIf(pred('designation', 'env', 'prod')), 'missing_designation', 'env'],
    ['a variable label', rejectIf(pred('designation', x, 'prod')), 'missing_designation', undefined],
    ['a predicate that is not asserted', rejectIf(pred('exposure', 'pii')), 'unsupported_block', undefined],
    ['a predicate of another arity', rejectIf(pred('resource', 'a', 'b')), 'unsupported_block', undefined],
    ['the right of the token itself', rejectIf(pred('right', x, x, x)), 'unsupported_block', undefined],
    [
      'one of several',
      { kind: 'reject', queries: [query(pred('resource', 'orders')), query(pred('user', 'bob'))] },
      'unsupported_block',
      undefined,
    ],
  ])('%s', async (_name, check, code, label) => {
    await expectRefused(verify(narrowed({ checks: [designationCheck('tenantId', 'acme'), check] }), READ_ACME), {
      code,
      label,
      block: 1,
      check: 1,
    })
  })

  it('over a label of the request it decides', async () => {
    const token = narrowed({ checks: [designationCheck('tenantId', 'acme'), rejectIf(globex)] })
    await expect(verify(token, READ_ACME)).resolves.toBeDefined()
    await expectRefused(verify(narrowed({ checks: [checkIf(acme), rejectIf(acme)] }), READ_ACME), {
      code: 'wrong_designation',
    })
  })
})
