import { describe, expect, it } from 'vitest'
import type { CapabilityRequest } from '../../src/index.ts'
import {
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
import type { BlockSpec, Check, Predicate } from '../support/forge/model.ts'
import { gateway, mallory } from '../support/keys.ts'
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
  it('a designation of the request must be bound by a check of the token', async () => {
    const capability = await verify(narrowed(designationCheck('tenantId', 'acme')), READ_ACME)
    expect(Object.entries(capability.designations)).toEqual([['tenantId', 'acme']])
  })

  it('a designation that no check names is refused: a capability that forgot its tenant is not good for every tenant', async () => {
    await expectRefused(verify(capability(), READ_ACME), { code: 'undesignated', label: 'tenantId', actual: 'acme' })
  })

  it('a designation with another value is refused', async () => {
    await expectRefused(verify(narrowed(designationCheck('tenantId', 'globex')), READ_ACME), {
      code: 'wrong_designation',
      label: 'tenantId',
      expected: 'globex',
      actual: 'acme',
      block: 1,
      check: 0,
    })
  })

  it('a designation that the token demands and the request lacks is refused', async () => {
    await expectRefused(verify(narrowed(designationCheck('tenantId', 'acme'))), {
      code: 'missing_designation',
      label: 'tenantId',
      expected: 'acme',
      actual: undefined,
    })
  })

  it.each(['Acme', 'acme ', ' acme', 'acme\u0000', 'a\u0301cme', 'аcme', 'ACME', ''])(
    'designations are compared exactly: %j is not acme',
    async (value) => {
      const request = { ...READ_INVOICES, designations: { tenantId: value } }
      await expectRefused(verify(narrowed(designationCheck('tenantId', 'acme')), request), {
        code: 'wrong_designation',
      })
    },
  )

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'a designation can have the label or the value %s',
    async (name) => {
      const token = capability(capabilityBlock({ designations: JSON.parse(`{"${name}": "${name}"}`) }))
      const designations = JSON.parse(`{"${name}": "${name}"}`) as Record<string, string>
      const { designations: proven } = await verify(token, { ...READ_INVOICES, designations })
      expect(Object.entries(proven)).toEqual([[name, name]])
      expect(Object.getPrototypeOf(proven)).toBeNull()
      await expectRefused(verify(capability(), { ...READ_INVOICES, designations }), { code: 'undesignated' })
    },
  )

  it('a token that demands two values for one label passes no request', async () => {
    const token = narrowed({ checks: [designationCheck('tenantId', 'acme'), designationCheck('tenantId', 'globex')] })
    await expectRefused(verify(token, READ_ACME), { code: 'wrong_designation' })
  })

  it('the designations of a request can be as many as a token can hold', async () => {
    const designations = Object.fromEntries(
      Array.from({ length: 126 }, (_, index) => [`label${index}`, `value${index}`]),
    )
    const token = capability(capabilityBlock({ designations }))
    await expect(verify(token, { ...READ_INVOICES, designations })).resolves.toMatchObject({ designations })
  })

  it('allowUndesignated accepts a designation that no check names, and leaves it out of the proven ones', async () => {
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
  it.each(escapes)('%s does not bind a designation', async (_name, block) => {
    await expectRefused(verify(narrowed(block), READ_ACME), { code: 'undesignated' })
  })

  it('a check of the authority block that its own fact satisfies does not bind a designation', async () => {
    const base = capabilityBlock({ designations: { tenantId: 'acme' } })
    await expectRefused(verify(capability({ ...base, facts: [...base.facts!, acme] }), READ_ACME), {
      code: 'undesignated',
    })
  })

  it('a check that sees the pair stated in the authority block does not bind a designation', async () => {
    const base = capabilityBlock()
    const token = capability({ ...base, facts: [...base.facts!, acme] }, [{ checks: [checkIf(acme)] }])
    await expectRefused(verify(token, READ_ACME), { code: 'undesignated' })
  })

  it('a check that sees the pair stated in the block before it does not bind a designation', async () => {
    const token = capability(capabilityBlock(), [
      { facts: [acme] },
      { checks: [{ queries: [trusting(query(acme), 'previous')] }] },
    ])
    await expectRefused(verify(token, READ_ACME), { code: 'undesignated' })
  })

  it.each<[string, readonly BlockSpec[]]>([
    [
      'before it',
      [
        { facts: [acme], signing: { external: mallory.privateKey } },
        { facts: [acme], checks: [checkIf(acme)] },
      ],
    ],
    [
      'after it',
      [
        { facts: [acme], checks: [checkIf(acme)] },
        { facts: [acme], signing: { external: mallory.privateKey } },
      ],
    ],
  ])(
    'a check that its own block satisfies binds nothing, also if a block %s states the same pair',
    async (_, blocks) => {
      await expectRefused(verify(capability(capabilityBlock(), blocks), READ_ACME), { code: 'undesignated' })
    },
  )

  it('a check that names a key binds its value, attested or not', async () => {
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
  ])('%s binds a designation', async (_name, check) => {
    await expect(verify(narrowed(check), READ_ACME)).resolves.toMatchObject({ designations: { tenantId: 'acme' } })
    await expectRefused(verify(narrowed(check), { ...READ_INVOICES, designations: { tenantId: 'globex' } }), {
      code: 'wrong_designation',
    })
  })

  it('facts that a holder states about the request bind nothing', async () => {
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

describe('the anchor', () => {
  const anchored = narrowed(designationCheck('anchor', 'service:billing'))
  const billing = { anchor: 'service:billing' }

  it('the anchor limits a capability to one service', async () => {
    await expect(verify(anchored, READ_INVOICES, billing)).resolves.toMatchObject({ designations: {} })
    await expectRefused(verify(anchored, READ_INVOICES, { anchor: 'service:orders' }), {
      code: 'wrong_anchor',
      expected: 'service:billing',
      actual: 'service:orders',
    })
  })

  it('a service with an anchor refuses a capability without one', async () => {
    await expectRefused(verify(capability(), READ_INVOICES, billing), { code: 'wrong_anchor' })
    await expect(verify(capability(), READ_INVOICES, { ...billing, allowUnanchored: true })).resolves.toBeDefined()
  })

  it('allowUnanchored does not accept a capability for another service', async () => {
    const options = { anchor: 'service:orders', allowUnanchored: true }
    await expectRefused(verify(anchored, READ_INVOICES, options), { code: 'wrong_anchor' })
  })

  it('a service without an anchor refuses a capability that has one', async () => {
    await expectRefused(verify(anchored), { code: 'wrong_anchor' })
  })

  it('a request cannot designate the anchor or the facet', async () => {
    for (const label of ['anchor', 'facet']) {
      const request = { ...READ_INVOICES, designations: { [label]: 'service:billing' } }
      await expect(verify(anchored, request)).rejects.toThrow(TypeError)
    }
  })

  it('an anchor that a block states itself does not count', async () => {
    const forged = {
      facts: [fact('designation', 'anchor', 'service:billing')],
      checks: [designationCheck('anchor', 'service:billing')],
    }
    await expectRefused(verify(narrowed(forged), READ_INVOICES, billing), { code: 'wrong_anchor' })
  })

  it('a forgotten tenant is reported before a missing anchor', async () => {
    await expectRefused(verify(capability(), READ_ACME, billing), { code: 'undesignated' })
  })

  it('a check that names a key can demand an attested anchor', async () => {
    const check = designationCheck('anchor', 'service:billing', key)
    await expect(
      verify(capability(capabilityBlock({ checks: [check] })), READ_INVOICES, billing),
    ).resolves.toBeDefined()
  })

  it('a demand for a facet is refused without a ledger', async () => {
    await expectRefused(verify(narrowed(designationCheck('facet', '7'))), { code: 'already_used' })
  })
})

describe('a `reject if` over what the verifier does not assert would always pass, and is refused', () => {
  it.each<[string, Check, string, string | undefined]>([
    ['a label that is not asserted', rejectIf(pred('designation', 'env', 'prod')), 'missing_designation', 'env'],
    ['a variable label', rejectIf(pred('designation', x, 'prod')), 'missing_designation', undefined],
    ['a predicate that is not asserted', rejectIf(pred('exposure', 'pii')), 'unsupported_block', undefined],
    ['a predicate of another arity', rejectIf(pred('resource', 'a', 'b')), 'unsupported_block', undefined],
    ['the right of the token itself', rejectIf(pred('right', x, x, x)), 'unsupported_block', undefined],
    [
      'one such predicate among several',
      { kind: 'reject', queries: [query(pred('resource', 'orders')), query(pred('user', 'bob'))] },
      'unsupported_block',
      undefined,
    ],
  ])('a `reject if` over %s is refused', async (_name, check, code, label) => {
    await expectRefused(verify(narrowed({ checks: [designationCheck('tenantId', 'acme'), check] }), READ_ACME), {
      code,
      label,
      block: 1,
      check: 1,
    })
  })

  it('a `reject if` over a label of the request decides', async () => {
    const token = narrowed({ checks: [designationCheck('tenantId', 'acme'), rejectIf(globex)] })
    await expect(verify(token, READ_ACME)).resolves.toBeDefined()
    await expectRefused(verify(narrowed({ checks: [checkIf(acme), rejectIf(acme)] }), READ_ACME), {
      code: 'wrong_designation',
    })
  })
})
