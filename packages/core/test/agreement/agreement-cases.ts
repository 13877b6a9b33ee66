import type { CapabilityErrorCode } from '../../src/internal/base/capability-error.ts'
import {
  binary,
  capabilityBlock,
  checkAll,
  checkIf,
  fact,
  lazy,
  parens,
  pred,
  query,
  rejectIf,
  set,
  timeCheck,
  trusting,
  unary,
  variable,
} from '../support/forge/datalog.ts'
import type { BlockSpec, Check, Expression, Predicate, TokenSpec } from '../support/forge/model.ts'
import type { ProfileCase } from '../support/gen/arbitraries.ts'
import { NOW } from '../support/gen/terms.ts'
import { activator, gateway, gatewayP256, root } from '../support/keys.ts'
import type { OracleRequest, OracleVerdict } from '../support/oracle/oracle.ts'

/**
 * Tokens on which two readers of the specification could differ, kept for good: every counter-example that the generated comparison ever
 * finds goes here, beside those that were foreseen.
 */
export interface AgreementCase extends ProfileCase {
  readonly name: string
  /** What the reference implementation says, where it always says the same. */
  readonly oracle: OracleVerdict
  /** What the reader's evaluation says. */
  readonly base: 'allow' | 'refuse'
}

const REQUEST: OracleRequest = { time: NOW, resource: 'invoices', operation: 'read' }

function agree(
  name: string,
  verdict: 'allow' | 'refuse',
  spec: Omit<TokenSpec, 'root'>,
  request = REQUEST,
): AgreementCase {
  const whole: TokenSpec = { root: root.privateKey, ...spec }
  return { name, oracle: verdict, base: verdict, spec: whole, rootKey: root.publicKey, requests: [request] }
}

function authority(checks: readonly Check[], facts: readonly Predicate[] = []): BlockSpec {
  const block = capabilityBlock({ checks })
  return { ...block, facts: [...(block.facts ?? []), ...facts] }
}

/** A token whose authority block also has `check if {expression}`. */
function holds(name: string, verdict: 'allow' | 'refuse', expression: Expression): AgreementCase {
  return agree(name, verdict, { authority: authority([checkIf(expression)]) })
}

const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)
const divideByZero = binary(binary(1, 'div', 0), 'equal', 1)

const EXPRESSIONS: readonly AgreementCase[] = [
  holds('the least integer divided by -1 overflows', 'refuse', binary(binary(MIN, 'div', -1), 'notEqual', 0)),
  holds('the greatest integer is exact', 'allow', binary(MAX, 'greaterThan', MAX - 1n)),
  holds('division goes towards zero', 'allow', binary(binary(-7, 'div', 2), 'equal', -3)),
  holds('a bitwise operation keeps the sign', 'allow', binary(binary(MIN, 'bitOr', 1), 'equal', MIN + 1n)),
  holds('a date above 2^63 is not negative', 'allow', binary({ date: 2n ** 64n - 1n }, 'greaterThan', { date: 0 })),
  holds('a date and an integer cannot be ordered', 'refuse', binary({ date: 1 }, 'lessThan', 2)),
  holds('a lazy operator skips an error', 'allow', lazy(true, 'lazyOr', divideByZero)),
  holds('an eager operator does not', 'refuse', binary(true, 'or', divideByZero)),
  holds('what a lazy operator answers need not be a boolean', 'refuse', lazy(true, 'lazyAnd', [{ value: 5 }])),
  holds('a lazy operator without a closure is an error', 'refuse', binary(true, 'lazyAnd', true)),
  holds('an eager operator with a closure is an error', 'refuse', [
    { value: true },
    { closure: [{ value: true }] },
    { binary: 'and' },
  ]),
  holds('two values left on the stack are an error', 'refuse', [{ value: true }, { value: true }]),
  holds('an empty expression is an error', 'refuse', []),
  holds('a closure alone is an error', 'refuse', [{ closure: [{ value: true }] }]),
  holds('a number is no truth', 'refuse', [{ value: 1 }]),
  holds('strict equality of two types is an error', 'refuse', unary('negate', binary(1, 'strictEqual', 'a'))),
  holds('lenient equality of two types is false', 'allow', unary('negate', binary(1, 'equal', 'a'))),
  holds('strict inequality of null with null is false', 'allow', unary('negate', binary(null, 'strictNotEqual', null))),
  holds('a set has no order and no duplicates', 'allow', binary(set(2, 1, 2), 'strictEqual', set(1, 2))),
  holds('the empty set is in every set', 'allow', binary(set(), 'contains', set())),
  holds('null is no member that can be asked for', 'refuse', lazy(binary(set(null), 'contains', null), 'lazyOr', true)),
  holds(
    'sets of two types can be united',
    'allow',
    binary(unary('length', binary(set(1), 'union', set('a'))), 'equal', 2),
  ),
  holds('the length of a string is in bytes', 'allow', binary(unary('length', 'é\u{1f511}'), 'equal', 6)),
  holds('an empty string is a part of every string', 'allow', binary('', 'contains', '')),
  holds('a type has a name', 'allow', binary(unary('type', unary('type', { date: 1 })), 'equal', 'string')),
  holds('parentheses change nothing', 'allow', parens(parens(binary('a', 'equal', 'a')))),
]

const TYPES: readonly AgreementCase[] = Object.entries({
  integer: 1,
  string: '',
  date: { date: 1 },
  bytes: new Uint8Array(),
  bool: true,
  set: set(),
  null: null,
}).map(([type, term]) => holds(`the type of ${type}`, 'allow', binary(unary('type', [{ value: term }]), 'equal', type)))

const key = { key: gateway.publicKey } as const

const SCOPES: readonly AgreementCase[] = [
  agree('a later block cannot satisfy a check of the authority block', 'refuse', {
    authority: authority([checkIf(pred('owner', 'alice'))]),
    blocks: [{ facts: [fact('owner', 'alice')] }],
  }),
  agree('a block sees its own facts', 'allow', {
    authority: authority([]),
    blocks: [{ facts: [fact('owner', 'alice')], checks: [checkIf(pred('owner', 'alice'))] }],
  }),
  agree('a block does not see the one before', 'refuse', {
    authority: authority([]),
    blocks: [{ facts: [fact('owner', 'alice')] }, { checks: [checkIf(pred('owner', 'alice'))] }],
  }),
  agree('with `previous` it does', 'allow', {
    authority: authority([]),
    blocks: [{ facts: [fact('owner', 'alice')] }, { checks: [checkIf(pred('owner', 'alice'))], scope: ['previous'] }],
  }),
  agree('`previous` reaches back to the authority block, past the one before', 'allow', {
    authority: authority([], [fact('owner', 'alice')]),
    blocks: [
      { facts: [fact('role', 'admin')] },
      { facts: [] },
      { checks: [checkIf(pred('owner', 'alice'), pred('role', 'admin'))], scope: ['previous'] },
    ],
  }),
  agree('keys of two algorithms are two keys', 'refuse', {
    authority: authority([{ queries: [trusting(query(pred('service', 'billing')), key)] }]),
    blocks: [{ facts: [fact('service', 'billing')], signing: { external: gatewayP256.privateKey } }],
  }),
  agree('`previous` does not look ahead', 'refuse', {
    authority: authority([]),
    blocks: [
      { checks: [{ queries: [trusting(query(pred('owner', 'alice')), 'previous')] }] },
      { facts: [fact('owner', 'alice')] },
    ],
  }),
  agree('a key does look ahead', 'allow', {
    authority: authority([{ queries: [trusting(query(pred('service', 'billing')), key)] }]),
    blocks: [{ facts: [fact('service', 'billing')], signing: { external: gateway.privateKey } }],
  }),
  agree('another key does not count', 'refuse', {
    authority: authority([{ queries: [trusting(query(pred('service', 'billing')), key)] }]),
    blocks: [{ facts: [fact('service', 'billing')], signing: { external: activator.privateKey } }],
  }),
  agree('a scope of the query replaces that of the block', 'refuse', {
    authority: authority([], [fact('owner', 'alice')]),
    blocks: [{ checks: [{ queries: [trusting(query(pred('owner', 'alice')), key)] }], scope: ['authority'] }],
  }),
  agree('a scope of the block replaces the default', 'refuse', {
    authority: authority([], [fact('owner', 'alice')]),
    blocks: [{ checks: [checkIf(pred('owner', 'alice'))], scope: [key] }],
  }),
  agree('a right that a later block states permits nothing', 'refuse', {
    authority: { checks: [timeCheck(NOW + 60)] },
    blocks: [{ facts: [fact('right', 'mallory', 'invoices', 'read')] }],
  }),
]

const KINDS: readonly AgreementCase[] = [
  agree('`check all` without a match fails', 'refuse', {
    authority: authority([checkAll(pred('owner', variable('x')))]),
  }),
  agree('`check all` with one match that fails, fails', 'refuse', {
    authority: authority(
      [checkAll(pred('n', variable('x')), binary(variable('x'), 'lessThan', 2))],
      [fact('n', 1), fact('n', 2)],
    ),
  }),
  agree('a check without queries fails', 'refuse', { authority: authority([{ queries: [] }]) }),
  agree('`reject if` without queries fails', 'refuse', { authority: authority([{ kind: 'reject', queries: [] }]) }),
  agree('`reject if` with a match fails', 'refuse', { authority: authority([rejectIf(pred('time', variable('t')))]) }),
  agree('one variable in two places is one value', 'refuse', {
    authority: authority(
      [checkIf(pred('pair', variable('x'), variable('x')))],
      [fact('pair', 1, 2), fact('pair', 1, '1')],
    ),
  }),
  agree('a date is no integer', 'refuse', { authority: authority([checkIf(pred('n', { date: 1 }))], [fact('n', 1)]) }),
  agree('bytes are no string', 'refuse', {
    authority: authority([checkIf(pred('n', Uint8Array.of(0x61)))], [fact('n', 'a')]),
  }),
  agree('a predicate with more terms does not match', 'refuse', {
    authority: authority([checkIf(pred('time', variable('t'), variable('u')))]),
  }),
]

export const AGREEMENT_CASES: readonly AgreementCase[] = [...EXPRESSIONS, ...TYPES, ...SCOPES, ...KINDS]

/** Where the reader differs on purpose: it refuses, and the reference implementation accepts, always or at times. */
export const ACCEPTED_DIFFERENCES: readonly (AgreementCase & { readonly reader: CapabilityErrorCode })[] = [
  {
    ...agree('`reject if A or B` is refused when either matches; the reference demands that both do', 'refuse', {
      authority: authority([
        { kind: 'reject', queries: [query(pred('resource', 'reports')), query(pred('resource', 'invoices'))] },
      ]),
    }),
    oracle: 'allow',
    reader: 'wrong_resource',
  },
  {
    ...agree(
      'an expression that fails on any match refuses; the reference stops at a match, in random order',
      'refuse',
      {
        authority: authority(
          [checkIf(pred('n', variable('x')), binary(variable('x'), 'lessThan', 2))],
          [fact('n', 1), fact('n', 'one')],
        ),
      },
    ),
    oracle: 'allow',
    reader: 'check_failed',
  },
]
