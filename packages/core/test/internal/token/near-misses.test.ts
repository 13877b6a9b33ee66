import { describe, expect, it } from 'vitest'
import { inspect } from '../../../src/index.ts'
import {
  binary,
  capabilityBlock,
  checkIf,
  checkIfAny,
  date,
  designationCheck,
  fact,
  pred,
  query,
  rejectIf,
  rightCheck,
  timeCheck,
  trusting,
  unary,
  variable,
} from '../../support/forge/datalog.ts'
import type { BlockSpec, Check, Predicate, Query } from '../../support/forge/model.ts'
import { gateway, mallory } from '../../support/keys.ts'
import { capability, expectRefused, NOW, READ_ACME, READ_INVOICES, verify } from '../../support/verify.ts'

// Statements that differ in one respect from the ones a decision looks for.

const x = variable('x')
const y = variable('y')
const key = { key: gateway.publicKey }
const acme = pred('designation', 'tenantId', 'acme')
const BOTH = { ...READ_INVOICES, designations: { tenantId: 'acme', invoiceId: '7' } }

function word(...facts: Predicate[]): BlockSpec {
  return { facts, signing: { external: gateway.privateKey } }
}

describe('several designations', () => {
  it('each of several designations must be bound', async () => {
    const token = capability(capabilityBlock({ designations: { tenantId: 'acme' } }))
    await expectRefused(verify(token, BOTH), { code: 'undesignated', label: 'invoiceId', actual: '7' })
  })

  it('a bound designation does not stand in for another label with the same value', async () => {
    const token = capability(capabilityBlock({ designations: { tenantId: 'acme' } }))
    const request = { ...READ_INVOICES, designations: { tenantId: 'acme', accountId: 'acme' } }
    await expectRefused(verify(token, request), { code: 'undesignated', label: 'accountId' })
  })

  it('a designation does not stand in for the anchor, nor the anchor for a designation', async () => {
    const named = capability(capabilityBlock({ designations: { tenantId: 'billing' } }))
    const request = { ...READ_INVOICES, designations: { tenantId: 'billing' } }
    await expectRefused(verify(named, request, { anchor: 'billing' }), {
      code: 'wrong_anchor',
      label: 'anchor',
      actual: 'billing',
    })
    const anchored = capability(capabilityBlock({ checks: [designationCheck('anchor', 'billing')] }))
    await expectRefused(verify(anchored, request, { anchor: 'billing' }), { code: 'undesignated' })
  })

  it('one check can bind two designations', async () => {
    const check = checkIf(acme, pred('designation', 'invoiceId', '7'))
    await expect(verify(capability(capabilityBlock({ checks: [check] })), BOTH)).resolves.toMatchObject({
      designations: { tenantId: 'acme', invoiceId: '7' },
    })
  })

  it('a check over two designations that its own block satisfies in part binds only the other', async () => {
    const check = checkIf(acme, pred('designation', 'invoiceId', '7'))
    const token = capability(capabilityBlock(), [{ facts: [acme], checks: [check] }])
    await expectRefused(verify(token, BOTH), { code: 'undesignated', label: 'tenantId' })
  })

  it('a refusal names the failing designation and the value that the token demands', async () => {
    const check = checkIf(pred('resource', 'invoices'), pred('designation', 'tenantId', x), acme)
    const other = checkIf(pred('designation', 'tenantId', 'acme'), pred('designation', 'invoiceId', '7'))
    const token = capability(capabilityBlock(), [{ checks: [check, other] }])
    const request = { ...READ_INVOICES, designations: { tenantId: 'acme', invoiceId: '8' } }
    await expectRefused(verify(token, request), {
      code: 'wrong_designation',
      label: 'invoiceId',
      expected: '7',
      actual: '8',
    })
    const swapped = capability(capabilityBlock(), [
      { checks: [checkIf(pred('designation', 'invoiceId', x), pred('designation', 'tenantId', 'globex'))] },
    ])
    await expectRefused(verify(swapped, BOTH), {
      code: 'wrong_designation',
      label: 'tenantId',
      expected: 'globex',
      actual: 'acme',
    })
  })
})

describe('a designation is bound by no predicate but its own', () => {
  it.each<[string, Predicate]>([
    ['of another name', pred('flag', 'tenantId', 'acme')],
    ['of three terms', pred('designation', 'tenantId', 'acme', 'acme')],
    ['of one term', pred('designation', 'tenantId')],
    ['with a label that is no string', pred('designation', 1, 'acme')],
    ['with a value that is no string', pred('designation', 'tenantId', 1)],
  ])('a predicate %s binds no designation', async (_name, predicate) => {
    const token = capability(capabilityBlock(), [{ facts: [predicate], checks: [checkIf(predicate)] }])
    await expectRefused(verify(token, READ_ACME), { code: 'undesignated' })
    await expect(verify(token)).resolves.toBeDefined()
  })

  it('a fact of the pair that the check does not see does not undo the binding', async () => {
    const blocks: BlockSpec[] = [
      { facts: [acme] },
      { checks: [checkIf(acme)] },
      { facts: [acme], signing: { external: mallory.privateKey } },
    ]
    await expect(verify(capability(capabilityBlock(), blocks), READ_ACME)).resolves.toMatchObject({
      designations: { tenantId: 'acme' },
    })
  })

  it('one fact of the pair that the check sees undoes the binding', async () => {
    const seeing = { queries: [trusting(query(acme), 'authority', 'previous')] }
    const blocks: BlockSpec[] = [{ facts: [acme] }, word(acme), { facts: [acme] }, { checks: [seeing] }]
    await expectRefused(verify(capability(capabilityBlock(), blocks), READ_ACME), { code: 'undesignated' })
  })
})

describe('the end of a capability is nothing but a literal `check if time($t), $t < {integer}`', () => {
  const later = NOW + 9
  const t = variable('t')
  const time = pred('time', t)
  const before = (left = t, right: Parameters<typeof binary>[2] = later) => binary(left, 'lessThan', right)
  const misses: readonly (readonly [string, Check, Predicate[]?])[] = [
    ['over a fact of the token', checkIf(pred('born', t), before()), [fact('born', 0)]],
    ['over a fact of the token named like a literal', checkIf(pred('time', t, t), before()), [fact('time', 0, 0)]],
    ['with a second predicate', checkIf(time, pred('resource', x), before())],
    ['with a second expression', checkIf(time, before(), before())],
    ['without an expression', checkIf(time)],
    ['without a predicate', checkIf(before(variable('nobody')))],
    ['of a literal time', checkIf(pred('time', NOW), binary(1, 'lessThan', 2))],
    ['about another variable', checkIf(time, before(variable('other')))],
    ['about a literal', checkIf(time, binary(1, 'lessThan', later))],
    ['up to itself', checkIf(time, binary(t, 'lessOrEqual', t))],
    ['up to another variable', checkIf(time, binary(t, 'lessThan', x))],
    ['up to a date', checkIf(time, before(t, date(later)))],
    ['up to a string', checkIf(time, before(t, 'later'))],
    [
      'in three operations of which the last is unary',
      checkIf(time, [{ value: t }, { value: later }, { unary: 'parens' }]),
    ],
    ['of three values', checkIf(time, [{ value: t }, { value: later }, { value: true }])],
    ['that begins with an operator', checkIf(time, [{ unary: 'parens' }, { value: later }, { binary: 'lessThan' }])],
    ['with an operator in the middle', checkIf(time, [{ value: t }, { unary: 'negate' }, { binary: 'lessThan' }])],
    [
      'with a closure on the right',
      checkIf(time, [{ value: t }, { closure: [{ value: later }] }, { binary: 'lessThan' }]),
    ],
    [
      'with a closure on the left',
      checkIf(time, [{ closure: [{ value: t }] }, { value: later }, { binary: 'lessThan' }]),
    ],
    ['in brackets', checkIf(time, unary('parens', before()))],
    ['as a sum', checkIf(time, before(t, binary(later, 'add', 0)))],
    ['of two queries', checkIfAny(query(time, before()), query(time, before()))],
    ['without a query', { queries: [] }],
  ]

  it.each(misses.map(([name, check, facts = []]) => [name, check, facts] as const))(
    'a time check %s is not the end of a capability',
    async (_name, check, facts) => {
      const { facts: rights = [] } = capabilityBlock()
      const token = capability({ facts: [...rights, ...facts], checks: [rightCheck(), check] })
      await expectRefused(verify(token), { code: 'unsupported_block', block: 0 })
    },
  )

  it('a time fact in a later block does not change the end of a capability', async () => {
    await expect(verify(capability(capabilityBlock(), [{ facts: [fact('time', 0)] }]))).resolves.toMatchObject({
      expiresAt: 2_000_000_000,
    })
  })
})

describe('a right is nothing but `right` of three terms', () => {
  const [right] = capabilityBlock().facts as [Predicate]

  it.each<[string, Predicate]>([
    ['another fact of three terms', fact('owner', 'mallory', 'orders', 'write')],
    ['a fact of one term', fact('team', 'orders')],
    ['a `right` of two terms', fact('right', 'orders', 'write')],
    ['a `right` of four terms', fact('right', 'mallory', 'orders', 'write', 1)],
    ['a `subject` of two terms', fact('subject', 'acme', 'alice')],
  ])('%s beside the right changes nothing', async (_name, other) => {
    for (const facts of [
      [right, other],
      [other, right],
    ]) {
      const token = capability({ ...capabilityBlock(), facts })
      await expect(verify(token)).resolves.toMatchObject({ subject: 'alice', resource: 'invoices' })
      await expectRefused(verify(token, { resource: 'orders', operation: 'write' }), { code: 'wrong_resource' })
    }
  })

  it('an authority block without a right is refused as another kind', async () => {
    const wrong = [fact('subject', 'alice'), fact('right', 1, 'invoices', 'read')]
    for (const one of wrong) {
      const token = capability({ facts: [one], checks: [timeCheck(NOW + 9)] })
      await expectRefused(verify(token), { code: 'wrong_kind', block: 0 })
    }
  })
})

describe('the rule that joins namespace and subject', () => {
  const rule: Query = {
    head: pred('subject', x, y),
    body: [pred('namespace', x), pred('subject', y)],
  }
  const authority: BlockSpec = {
    ...capabilityBlock({ checks: [checkIf(pred('subject', 'acme', 'alice'))] }),
    rules: [rule],
  }
  const alice = { ...READ_INVOICES, subject: 'alice' }

  it('the namespace rule derives from what the verifier asserts', async () => {
    await expect(verify(capability(authority), alice, { namespace: 'acme' })).resolves.toBeDefined()
    await expectRefused(verify(capability(authority), alice, { namespace: 'globex' }), { code: 'wrong_subject' })
    await expectRefused(verify(capability(authority), alice), { code: 'wrong_subject' })
    await expectRefused(verify(capability(authority), READ_INVOICES, { namespace: 'acme' }), { code: 'wrong_subject' })
  })

  it('the namespace rule derives from what the authority states', async () => {
    const stated = { ...authority, facts: [...(authority.facts ?? []), fact('namespace', 'acme')] }
    await expect(verify(capability(stated), alice)).resolves.toBeDefined()
  })

  it('the namespace rule derives nothing from what a holder states', async () => {
    const forged: BlockSpec = { facts: [fact('namespace', 'acme'), fact('subject', 'alice')] }
    await expectRefused(verify(capability(authority, [forged]), alice), { code: 'wrong_subject' })
    await expectRefused(verify(capability(authority, [forged]), READ_INVOICES, { namespace: 'acme' }), {
      code: 'wrong_subject',
    })
  })

  it('nothing is derived in a token without the namespace rule', async () => {
    const { rules: _none, ...without } = authority
    await expectRefused(verify(capability(without), alice, { namespace: 'acme' }), { code: 'wrong_subject' })
  })
})

describe('a check is attested only where a key is named', () => {
  it.each(['authority', 'previous'] as const)('a check under the scope `%s` is not attested', async (scope) => {
    const check = { queries: [trusting(query(acme), scope)] }
    await expect(verify(capability(capabilityBlock(), [{ checks: [check] }]), READ_ACME)).resolves.toMatchObject({
      designations: { tenantId: 'acme' },
    })
    const byBlock: BlockSpec = { scope: [scope], checks: [checkIf(acme)] }
    await expect(verify(capability(capabilityBlock(), [byBlock]), READ_ACME)).resolves.toBeDefined()
  })

  it('an attested check concerns only the labels that it names', async () => {
    const attested = capabilityBlock({ checks: [{ queries: [trusting(query(acme), key)] }] })
    const token = capability(attested, [
      word(acme),
      { checks: [designationCheck('invoiceId', '7'), designationCheck('tenantId', 'acme')] },
    ])
    await expect(verify(token, BOTH)).resolves.toMatchObject({ designations: { tenantId: 'acme', invoiceId: '7' } })
  })

  it.each<[string, Predicate]>([
    ['of another name', pred('role', 'tenantId', 'globex')],
    ['of three terms', pred('designation', 'tenantId', 'globex', x)],
    ['of one term', pred('designation', x)],
  ])('a predicate %s in an attested check is not about the request', async (_name, predicate) => {
    const check = { queries: [trusting(query(predicate), key)] }
    const terms = predicate.terms.map((term) => (term === x ? 'globex' : term))
    const token = capability(capabilityBlock({ designations: { tenantId: 'acme' }, checks: [check] }), [
      word({ ...predicate, terms }),
    ])
    await expect(verify(token, READ_ACME)).resolves.toMatchObject({ designations: { tenantId: 'acme' } })
  })

  it('a refusal by an attested check names the check and its first designation', async () => {
    const mixed = query(pred('activation', x), acme, pred('designation', 'tenantId', y))
    const open = capabilityBlock({ checks: [{ queries: [trusting(mixed, key)] }] })
    const request = { ...READ_INVOICES, designations: { tenantId: 'acme' } }
    await expectRefused(verify(capability(open, [word(fact('activation', 1))]), request), {
      code: 'missing_designation',
      label: 'tenantId',
      expected: 'acme',
      block: 0,
      check: 2,
    })
    const bare = capabilityBlock({ checks: [{ queries: [trusting(query(pred('namespace', 'acme')), key)] }] })
    await expectRefused(verify(capability(bare), READ_INVOICES, { namespace: 'acme' }), {
      code: 'check_failed',
      block: 0,
      check: 2,
      expected: gateway.publicKey,
    })
  })
})

describe('a verifier asserts only what it has', () => {
  it.each<[string, Predicate, string]>([
    ['a namespace', pred('namespace', x), 'check_failed'],
    ['a subject', pred('subject', x), 'wrong_subject'],
    ['an anchor', pred('designation', 'anchor', x), 'wrong_anchor'],
    ['a facet', pred('designation', 'facet', x), 'already_used'],
    ['a designation', pred('designation', 'tenantId', x), 'missing_designation'],
  ])('a verifier does not assert %s that it does not have', async (_name, predicate, code) => {
    await expectRefused(verify(capability(capabilityBlock({ checks: [checkIf(predicate)] }))), { code })
  })
})

describe('a check with `or`', () => {
  const ways = [query(acme), query(pred('resource', 'invoices')), query(pred('designation', 'tenantId', 'globex'))]

  it('every query of an `or` must name the designation, also the first and the last', async () => {
    for (const queries of [
      [ways[0]!, ways[1]!],
      [ways[1]!, ways[0]!],
      [ways[2]!, ways[0]!],
      [ways[0]!, ways[1]!, ways[0]!],
    ]) {
      const token = capability(capabilityBlock(), [{ checks: [{ queries }] }])
      await expectRefused(verify(token, READ_ACME), { code: 'undesignated' })
    }
  })

  it('inspect does not show a designation that is not bound', async () => {
    for (const check of [
      checkIfAny(ways[1]!, ways[0]!),
      { kind: 'all', queries: [ways[0]!] },
      rejectIf(acme),
    ] as Check[]) {
      expect((await inspect(capability(capabilityBlock({ checks: [check] })))).designations).toEqual([])
    }
  })
})

describe('a `reject if`', () => {
  it('a `reject if` over one of several designations of the request is judged', async () => {
    const token = (value: string) =>
      capability(capabilityBlock({ designations: BOTH.designations }), [
        { checks: [rejectIf(pred('designation', 'invoiceId', value))] },
      ])
    await expect(verify(token('8'), BOTH)).resolves.toBeDefined()
    await expectRefused(verify(token('7'), BOTH), { code: 'wrong_designation' })
  })

  it('a `reject if` over a `designation` of three terms is refused', async () => {
    const token = capability(capabilityBlock({ designations: { tenantId: 'acme' } }), [
      { checks: [rejectIf(pred('designation', 'tenantId', 'acme', 1))] },
    ])
    await expectRefused(verify(token, READ_ACME), { code: 'unsupported_block' })
  })
})

describe('a check that fails tells by what it asks about', () => {
  it.each<[string, Predicate, string]>([
    ['activation', pred('activation', 1), 'not_activated'],
    ['time, of which the plain end was judged before', pred('time', 0), 'check_failed'],
    ['subject', pred('subject', 'bob'), 'wrong_subject'],
    ['resource', pred('resource', 'orders'), 'wrong_resource'],
    ['operation', pred('operation', 'write'), 'wrong_operation'],
    ['anything else', pred('team', 'a'), 'check_failed'],
    ['a designation without a label', pred('designation', x, 'globex'), 'check_failed'],
  ])('a failing check about %s has its own code', async (_name, predicate, code) => {
    const token = capability(capabilityBlock(), [{ checks: [checkIf(predicate)] }])
    await expectRefused(verify(token), { code, block: 1, check: 0 })
  })
})
