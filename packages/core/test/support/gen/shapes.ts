import * as fc from 'fast-check'
import type { Assertions } from '../../../src/internal/evaluate/assertions.ts'
import { binary, lazy, pred, variable } from '../forge/datalog.ts'
import type { BinaryName, BlockSpec, Check, Expression, Predicate, Query, Term } from '../forge/model.ts'
import { lowestVersion } from '../forge/version.ts'
import { randomScopes } from './check.ts'
import { Draw } from './draw.ts'
import { NOW, SIGNERS } from './terms.ts'

/** A token that is made of the statements that verifiers assert facts about, right and slightly wrong, and requests. */
export interface ShapeCase {
  readonly blocks: readonly BlockSpec[]
  readonly requests: readonly Assertions[]
}

/** Every predicate that a verifier may assert, with its arity, and some that it never asserts. */
const NAMES: readonly (readonly [name: string, arity: number])[] = [
  ['time', 1],
  ['resource', 1],
  ['operation', 1],
  ['designation', 2],
  ['subject', 1],
  ['namespace', 1],
  ['actor', 1],
  ['actor_depth', 1],
  ['exposure', 1],
  ['right', 3],
  ['subject', 2],
  ['activation', 1],
]
const LONG = 'long'.repeat(20)
const TEXTS = [
  'acme',
  'globex',
  'invoices',
  'read',
  'anchor',
  'facet',
  'tenantId',
  LONG,
  '5',
  'agent:a',
  'agent:a:b',
] as const
const VARIABLES = ['x', 'y', 'z'].map(variable)
const OPERATORS: readonly BinaryName[] = [
  'lessThan',
  'lessOrEqual',
  'greaterThan',
  'equal',
  'strictEqual',
  'startsWith',
]

/** @param count - How many requests go with each token. */
export function shapeCases(count = 3): fc.Arbitrary<ShapeCase> {
  const tape = fc.uint8Array({ minLength: 48, maxLength: 400, size: 'max' })
  return tape.map((bytes) => {
    const draw = new Draw(bytes)
    return {
      blocks: [blockOf(draw, 0), ...draw.several(2, 45, () => blockOf(draw, 1))],
      requests: Array.from({ length: count }, () => requestOf(draw)),
    }
  })
}

function blockOf(draw: Draw, index: number): BlockSpec {
  const signer = index > 0 && draw.chance(40) ? draw.pick(SIGNERS) : undefined
  const block: BlockSpec = {
    facts: draw.several(4, 55, () => predicateOf(draw, () => constant(draw))),
    checks: [checkOf(draw), ...draw.several(5, 65, () => checkOf(draw))],
    ...(index === 0 && draw.chance(15)
      ? { rules: [NAMESPACE_RULE] }
      : draw.chance(10)
        ? { scope: randomScopes(draw) }
        : {}),
  }
  const version = Math.max(lowestVersion(block), signer === undefined ? 3 : 5)
  return { ...block, version, signing: signer === undefined ? {} : { external: signer.privateKey } }
}

const NAMESPACE_RULE: Query = {
  head: pred('subject', variable('d'), variable('s')),
  body: [pred('namespace', variable('d')), pred('subject', variable('s'))],
}

function checkOf(draw: Draw): Check {
  const kind = draw.chance(4) ? 'reject' : draw.pick(['if', 'if', 'if', 'all'] as const)
  return { kind, queries: [queryOf(draw), ...draw.several(2, 25, () => queryOf(draw))] }
}

function queryOf(draw: Draw): Query {
  const base = draw.pick([rightQuery, commonQuery, commonQuery, anyQuery])(draw)
  return draw.chance(20) ? { ...base, scope: randomScopes(draw) } : base
}

/** The query of a capability about its right, or one that differs in a variable, a constant, the order or an expression. */
function rightQuery(draw: Draw): Query {
  const term = (usual: Term): Term => (draw.chance(6) ? draw.pick([...VARIABLES, ...TEXTS, 5]) : usual)
  const [subject, resource, operation] = VARIABLES as [Term, Term, Term]
  const body = [
    pred('resource', term(resource)),
    pred('operation', term(operation)),
    pred('right', term(subject), term(resource), term(operation)),
  ]
  return {
    body: draw.chance(6) ? body.reverse() : body,
    ...(draw.chance(6) ? { expressions: [expressionOf(draw, resource)] } : {}),
  }
}

/** The queries with one predicate that minters write, mostly right. */
function commonQuery(draw: Draw): Query {
  const [t] = VARIABLES as [Term]
  const name = draw.pick(['time', 'designation', 'resource', 'actor', 'exposure'])
  if (name === 'time') return { body: [pred(name, t)], expressions: [expressionOf(draw, t)] }
  const terms =
    name === 'designation' ? [draw.pick(['tenantId', 'anchor', LONG]), draw.pick(TEXTS)] : [draw.pick(TEXTS)]
  return { body: [pred(name, ...terms)], ...(draw.chance(8) ? { expressions: [[{ value: draw.chance(50) }]] } : {}) }
}

function anyQuery(draw: Draw): Query {
  const body = [...draw.several(1, 94, () => 0), ...draw.several(2, 25, () => 0)].map(() =>
    predicateOf(draw, () => (draw.chance(40) ? draw.pick(VARIABLES) : constant(draw))),
  )
  const used = body.flatMap(({ terms }) => terms).find((term) => VARIABLES.includes(term)) ?? variable('x')
  return draw.chance(45)
    ? { body, expressions: [expressionOf(draw, used), ...draw.several(1, 20, () => expressionOf(draw, used))] }
    : { body }
}

/** Over the variable that is most likely bound, or, now and then, over one that is not. */
function expressionOf(draw: Draw, bound: Term): Expression {
  const left = draw.chance(8) ? draw.pick(VARIABLES) : bound
  if (draw.chance(15)) {
    const name = draw.pick(TEXTS)
    return lazy(binary(left, 'equal', name), 'lazyOr', binary(left, 'startsWith', name))
  }
  const right = draw.chance(60) ? instant(draw) : constant(draw)
  return draw.chance(80) ? binary(left, draw.pick(OPERATORS), right) : binary(right, draw.pick(OPERATORS), left)
}

function predicateOf(draw: Draw, term: () => Term): Predicate {
  const [name, arity] = draw.pick(NAMES)
  const terms = Array.from({ length: draw.chance(4) ? draw.below(4) : arity }, term)
  return name === 'designation' && draw.chance(60)
    ? pred(name, draw.pick(['tenantId', 'anchor', 'facet', LONG]), ...terms.slice(1))
    : pred(name, ...terms)
}

function constant(draw: Draw): Term {
  switch (draw.below(8)) {
    case 0:
      return instant(draw)
    case 1:
      return draw.pick<Term>([true, null, new Uint8Array(70), { date: NOW }, { set: ['acme', LONG] }, { set: [] }])
    default:
      return draw.pick(TEXTS)
  }
}

function instant(draw: Draw): Term {
  return draw.pick<Term>([
    NOW,
    NOW + 1,
    NOW - 1,
    5,
    2,
    2n ** 53n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    { date: NOW + 1 },
  ])
}

/** What verifiers of every kind assert, in any mixture: more than any of them would. */
function requestOf(draw: Draw): Assertions {
  const text = (usual: string) => (draw.chance(75) ? (draw.chance(80) ? usual : draw.pick(TEXTS)) : undefined)
  const labels = draw.several(3, 60, () => draw.pick(['tenantId', LONG, 'acme']))
  return {
    time: draw.pick([NOW, NOW - 1, NOW + 1, 0, -5, 5, 2 ** 53, 2 ** 53 + 2, 1e20]),
    resource: text('invoices'),
    operation: text('read'),
    anchor: text('acme'),
    facet: text('5'),
    exposures: draw.several(2, 30, () => draw.pick(TEXTS)),
    designations: new Map(labels.map((label) => [label, draw.pick(TEXTS)])),
    subject: text('acme'),
    namespace: text('globex'),
    actor: text('agent:a'),
    actorDepth: draw.chance(50) ? 2 : undefined,
  }
}
