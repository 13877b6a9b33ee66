import { describe, expect, it } from 'vitest'
import type { Assertions } from '../../../src/internal/evaluate/assertions.ts'
import {
  activationCheck,
  binary,
  checkAll,
  checkIf,
  checkIfAny,
  date,
  designationCheck,
  fact,
  lazy,
  pred,
  query,
  rejectIf,
  rightCheck,
  set,
  timeCheck,
  trusting,
  variable,
} from '../../support/forge/datalog.ts'
import type { Check, Predicate, Term } from '../../support/forge/model.ts'
import { unsignedBlocks } from '../../support/forge/unsigned.ts'
import { NOW } from '../../support/gen/terms.ts'
import { gateway } from '../../support/keys.ts'
import { codeOf, differences, waysOf } from '../../support/oracle/both-ways.ts'

const LONG = 'long'.repeat(20)
const [x, y, z] = ['x', 'y', 'z'].map(variable) as [Term, Term, Term]

const MEANT: Assertions = {
  time: NOW,
  resource: 'invoices',
  operation: 'read',
  anchor: 'service:billing',
  designations: new Map([
    ['tenantId', 'acme'],
    ['invoiceId', '5'],
    ['note', LONG],
    [LONG, 'acme'],
  ]),
}

/** The request that is meant, and others that each form of a check must tell from it. */
const REQUESTS: readonly Assertions[] = [
  MEANT,
  { ...MEANT, time: NOW + 1 },
  { ...MEANT, time: -1 },
  { ...MEANT, time: 2 ** 53 },
  { ...MEANT, time: 2 ** 53 + 4 },
  { ...MEANT, resource: LONG, operation: LONG },
  { ...MEANT, resource: 'read', operation: 'invoices' },
  { ...MEANT, designations: new Map() },
  { ...MEANT, designations: new Map([['tenantId', 'globex']]) },
  { ...MEANT, anchor: undefined, facet: '5', subject: 'alice', namespace: 'acme' },
  { time: NOW, anchor: 'service:billing', actor: 'agent:a:b', actorDepth: 3, namespace: LONG },
  { time: NOW, exposures: ['pii', LONG, 'pii'] },
  { time: NOW },
]

type Row = [title: string, verdict: string, check: Check, facts?: readonly Predicate[]]

const NEAR_MISSES: Row[] = [
  ['a designation', 'allow', designationCheck('tenantId', 'acme')],
  ['a designation of a long label and value', 'allow', designationCheck('note', LONG)],
  ['a designation of a long label', 'allow', designationCheck(LONG, 'acme')],
  ['a designation of a long label and another value', 'wrong_designation', designationCheck(LONG, 'eu')],
  ['the anchor', 'allow', designationCheck('anchor', 'service:billing')],
  ['another value', 'wrong_designation', designationCheck('tenantId', 'globex')],
  ['another label', 'missing_designation', designationCheck('tenant', 'acme')],
  ['a variable as value', 'allow', checkIf(pred('designation', 'tenantId', x))],
  ['a variable as label', 'allow', checkIf(pred('designation', x, 'acme'))],
  ['one variable as label and value', 'check_failed', checkIf(pred('designation', x, x))],
  ['the integer 5 for the string "5"', 'wrong_designation', checkIf(pred('designation', 'invoiceId', 5))],
  ['the date 5 for the string "5"', 'wrong_designation', checkIf(pred('designation', 'invoiceId', date(5)))],
  ['a set for the string in it', 'wrong_designation', checkIf(pred('designation', 'invoiceId', set('5')))],
  ['a label that is no string', 'check_failed', checkIf(pred('designation', null, 'acme'))],
  ['a designation of one term', 'wrong_designation', checkIf(pred('designation', 'tenantId'))],
  ['a designation of three terms', 'wrong_designation', checkIf(pred('designation', 'tenantId', 'acme', 'acme'))],
  ['a designation in another case', 'check_failed', checkIf(pred('Designation', 'tenantId', 'acme'))],
  [
    'two designations in one query',
    'allow',
    checkIf(pred('designation', 'tenantId', 'acme'), pred('designation', 'invoiceId', '5')),
  ],
  [
    'two designations, of which one is another',
    'wrong_designation',
    checkIf(pred('designation', 'tenantId', 'acme'), pred('designation', 'invoiceId', '6')),
  ],
  [
    'one of two designations',
    'allow',
    checkIfAny(query(pred('designation', 'tenantId', 'globex')), query(pred('designation', 'tenantId', 'acme'))),
  ],
  [
    'a designation and a falsehood',
    'wrong_designation',
    checkIf(pred('designation', 'tenantId', 'acme'), [{ value: false }]),
  ],
  [
    'a designation and no boolean',
    'wrong_designation',
    checkIf(pred('designation', 'tenantId', 'acme'), [{ value: 1 }]),
  ],
  [
    'a designation that the token states',
    'allow',
    designationCheck('region', 'eu'),
    [fact('designation', 'region', 'eu')],
  ],
  [
    'a designation of which the token states others',
    'allow',
    designationCheck('tenantId', 'acme'),
    [fact('designation', 'tenantId', 'globex'), fact('designation', 'tenantId', 5), fact('designation', 'note', LONG)],
  ],
  ['a designation by a key', 'missing_designation', designationCheck('tenantId', 'acme', { key: gateway.publicKey })],
  [
    'a designation in three scopes',
    'allow',
    designationCheck('tenantId', 'acme', 'authority', 'previous', 'authority'),
  ],
  ['check all of a designation', 'allow', checkAll(pred('designation', 'tenantId', 'acme'))],
  [
    'check all, where the token states a value that is denied',
    'wrong_designation',
    checkAll(pred('designation', 'tenantId', x), binary(x, 'strictEqual', 'acme')),
    [fact('designation', 'tenantId', 'globex')],
  ],
  [
    'check if, where the token states a value that fails',
    'wrong_designation',
    checkIf(pred('designation', 'tenantId', x), binary(x, 'strictEqual', 'acme')),
    [fact('designation', 'tenantId', 5)],
  ],
  ['reject if of a designation', 'wrong_designation', rejectIf(pred('designation', 'tenantId', 'acme'))],
  ['reject if of another value', 'allow', rejectIf(pred('designation', 'tenantId', 'globex'))],
  ['reject if of another label', 'missing_designation', rejectIf(pred('designation', 'tenant', 'globex'))],
  ['reject if of nothing that is asserted', 'unsupported_block', rejectIf(pred('taint', x))],
  ['an end', 'allow', timeCheck(NOW + 1)],
  ['an end at this second', 'check_failed', timeCheck(NOW)],
  ['an inclusive end at this second', 'allow', checkIf(pred('time', x), binary(x, 'lessOrEqual', NOW))],
  ['an inclusive end a second ago', 'check_failed', checkIf(pred('time', x), binary(x, 'lessOrEqual', NOW - 1))],
  ['an end that no number can hold', 'allow', timeCheck(2n ** 63n - 1n)],
  ['an end before all time', 'check_failed', timeCheck(-(2n ** 63n))],
  ['an end that a number would round down', 'allow', timeCheck(2n ** 53n + 1n)],
  [
    'an inclusive end that a number would round up',
    'allow',
    checkIf(pred('time', x), binary(x, 'lessOrEqual', 2n ** 53n + 3n)),
  ],
  ['an end below zero', 'check_failed', timeCheck(0)],
  ['an end with its operands reversed', 'allow', checkIf(pred('time', x), binary(NOW + 1, 'greaterThan', x))],
  ['an end that comes before the time', 'check_failed', checkIf(pred('time', x), binary(NOW + 1, 'lessThan', x))],
  ['a beginning', 'check_failed', checkIf(pred('time', x), binary(x, 'greaterThan', NOW))],
  ['an end that is a date', 'check_failed', checkIf(pred('time', x), binary(x, 'lessThan', date(NOW + 1)))],
  ['an end of another variable', 'check_failed', checkIf(pred('time', x), binary(y, 'lessThan', NOW + 1))],
  [
    'an end that overflows',
    'check_failed',
    checkIf(pred('time', x), binary(binary(x, 'add', 2n ** 63n - 1n), 'lessThan', NOW)),
  ],
  ['two ends', 'allow', checkIf(pred('time', x), binary(x, 'lessThan', NOW + 1), binary(x, 'lessThan', NOW + 2))],
  ['check all of an end', 'check_failed', checkAll(pred('time', x), binary(x, 'lessThan', NOW))],
  ['reject if of an end', 'allow', rejectIf(pred('time', x), binary(x, 'lessThan', NOW))],
  [
    'check all of an end, where the token states a later time',
    'check_failed',
    checkAll(pred('time', x), binary(x, 'lessThan', NOW + 1)),
    [fact('time', NOW + 9)],
  ],
  [
    'check all of an end, where the token states an earlier time',
    'check_failed',
    checkAll(pred('time', x), binary(x, 'lessThan', NOW)),
    [fact('time', 0)],
  ],
  ['an end, where the token states an earlier time', 'allow', timeCheck(NOW), [fact('time', 0)]],
  ['an end, where the token states a time that is none', 'check_failed', timeCheck(NOW + 1), [fact('time', 'now')]],
  ['this very second', 'allow', checkIf(pred('time', NOW))],
  ['a resource', 'allow', checkIf(pred('resource', 'invoices'))],
  ['a resource of a long name', 'wrong_resource', checkIf(pred('resource', LONG))],
  [
    'a resource by a key',
    'allow',
    { queries: [trusting(query(pred('resource', 'invoices')), { key: gateway.publicKey })] },
  ],
  ['a resource that is a number', 'wrong_resource', checkIf(pred('resource', 5))],
  ['a resource that the token states', 'allow', checkIf(pred('resource', 'reports')), [fact('resource', 'reports')]],
  ['a resource of a falsehood', 'wrong_resource', checkIf(pred('resource', 'invoices'), [{ value: false }])],
  ['the right', 'allow', rightCheck(), [fact('right', 'alice', 'invoices', 'read')]],
  ['no right', 'wrong_resource', rightCheck()],
  [
    'a right of other types',
    'wrong_resource',
    rightCheck(),
    [fact('right', 1, 2, 3), fact('right', 'alice', 'invoices', 5)],
  ],
  [
    'several rights',
    'allow',
    rightCheck(),
    [fact('right', 'alice', 'invoices', 'write'), fact('right', 'bob', 'invoices', 'read')],
  ],
  [
    'a right to long names',
    'wrong_resource',
    rightCheck(),
    [fact('right', 'alice', LONG, LONG), fact('right', 'alice', LONG, 'read')],
  ],
  [
    'the right, where the token states a resource',
    'allow',
    rightCheck(),
    [fact('right', 'alice', 'reports', 'read'), fact('resource', 'reports')],
  ],
  [
    'the right, where the token states an operation',
    'allow',
    rightCheck(),
    [fact('right', 'alice', 'invoices', 'pay'), fact('operation', 'pay')],
  ],
  [
    'the right by a key',
    'wrong_resource',
    { queries: [trusting({ body: rightCheck().queries[0]!.body }, { key: gateway.publicKey })] },
  ],
  [
    'the right with resource and operation exchanged',
    'wrong_resource',
    checkIf(pred('resource', x), pred('operation', y), pred('right', z, y, x)),
    [fact('right', 'alice', 'invoices', 'read')],
  ],
  [
    'the right with one variable for two',
    'wrong_resource',
    checkIf(pred('resource', x), pred('operation', x), pred('right', z, x, x)),
    [fact('right', 'alice', 'invoices', 'read')],
  ],
  [
    'the right and a falsehood',
    'wrong_resource',
    checkIf(...rightCheck().queries[0]!.body, [{ value: false }]),
    [fact('right', 'alice', 'invoices', 'read')],
  ],
  [
    'an actor',
    'wrong_subject',
    checkIf(pred('actor', x), lazy(binary(x, 'equal', 'agent:a'), 'lazyOr', binary(x, 'startsWith', 'agent:a:'))),
  ],
  ['a depth', 'wrong_subject', checkIf(pred('actor_depth', x), binary(x, 'lessOrEqual', 3))],
  ['a subject', 'wrong_subject', checkIf(pred('subject', 'alice'))],
  ['a namespace', 'check_failed', checkIf(pred('namespace', LONG))],
  ['an exposure', 'exposed', checkIf(pred('exposure', 'pii'))],
  ['reject if of an exposure', 'allow', rejectIf(pred('exposure', 'pii'))],
  ['reject if of an exposure of a long name', 'allow', rejectIf(pred('exposure', LONG))],
  ['reject if of an exposure and a falsehood', 'allow', rejectIf(pred('exposure', 'pii'), [{ value: false }])],
  ['reject if of any exposure', 'allow', rejectIf(pred('exposure', x))],
  ['reject if of two exposures', 'allow', rejectIf(pred('exposure', 'pii'), pred('exposure', LONG))],
  ['an activation', 'not_activated', activationCheck(gateway.publicKey)],
  ['nothing', 'allow', { queries: [{ body: [] }] }],
  ['a falsehood', 'check_failed', checkIf([{ value: false }])],
  ['no query at all', 'check_failed', { queries: [] }],
  ["a join of the token's own facts", 'allow', checkIf(pred('f', x), pred('f', y)), [fact('f', 1), fact('f', LONG)]],
  [
    'a join with what is asserted',
    'allow',
    checkIf(pred('owner', x), pred('designation', 'tenantId', x)),
    [fact('owner', 'acme'), fact('owner', 'globex')],
  ],
]

describe('a compiled token is judged as by plain evaluation, to the step', () => {
  it.each<Row>(NEAR_MISSES)(
    'a compiled check is decided as it is evaluated: %s (%s)',
    (_title, verdict, check, facts = []) => {
      const blocks = unsignedBlocks([{ facts, checks: [check] }])
      const ways = waysOf(blocks, REQUESTS, ['exposure'])
      const [plenty, enough, lacking] = ways.map(({ evaluated }) => evaluated)
      expect(codeOf(plenty!)).toBe(verdict)
      expect(enough).toEqual(plenty)
      if (plenty!.steps > 0) expect(codeOf(lacking!)).toBe('limits_exceeded')
      expect(differences(ways)).toEqual([])
    },
  )

  it('a compiled check of a later block is decided as it is evaluated: own facts, those of the authority, and of others', () => {
    const facts = [fact('designation', 'region', 'eu'), fact('right', 'alice', 'invoices', 'read'), fact('time', 0)]
    for (const [, , check] of [...NEAR_MISSES, ['', '', designationCheck('region', 'eu')] as const]) {
      const attester = { facts, signing: { external: gateway.privateKey } }
      const blocks = unsignedBlocks([{ facts: [] }, { facts }, attester, { checks: [check] }])
      expect(differences(waysOf(blocks, [MEANT, { ...MEANT, subject: 'alice' }], ['exposure']))).toEqual([])
    }
  }, 60_000)

  it('a rule of the token is evaluated with what is asserted now, not what was asserted first', () => {
    const [d, s] = ['d', 's'].map(variable) as [Term, Term]
    const rule = { head: pred('subject', d, s), body: [pred('namespace', d), pred('subject', s)] }
    const checks = [checkIf(pred('subject', 'acme', 'alice')), checkIf(pred('subject', x, y))]
    const blocks = unsignedBlocks([{ facts: [fact('subject', 'alice')], rules: [rule], checks }])
    const requests = [{ time: NOW, namespace: 'acme' }, { time: NOW, namespace: 'globex' }, { time: NOW }]
    const ways = waysOf(blocks, requests)
    expect(differences(ways)).toEqual([])
    expect(ways.filter(({ evaluated }) => codeOf(evaluated) === 'allow').length).toBeGreaterThan(0)
  })
})
