import { malformed } from '../base/unproven.ts'
import type { WireBlock, WireOp, WireRule, WireTerm } from '../wire/schema.ts'

const MIN_VERSION = 3
const MAX_VERSION = 6

/** Check kinds, scopes, bitwise operators and `!==` came with Datalog 3.1. */
const V3_1 = 4
/** Third-party blocks came with Datalog 3.2. */
const V3_2 = 5
/** `reject if`, null, closures, `==`, `!=`, lazy operators and `type` came with Datalog 3.3. */
const V3_3 = 6

const OPERATOR_VERSIONS: ReadonlyMap<string, number> = new Map([
  ['bitwiseAnd', V3_1],
  ['bitwiseOr', V3_1],
  ['bitwiseXor', V3_1],
  ['strictNotEqual', V3_1],
  ['type', V3_3],
  ['equal', V3_3],
  ['notEqual', V3_3],
  ['lazyAnd', V3_3],
  ['lazyOr', V3_3],
])

/**
 * Refuses a block that uses a feature newer than the version that it declares. A reader of that version would
 * understand the block differently, or not at all.
 *
 * @throws `CapabilityError`: `malformed_token`.
 */
export function assertVersion(block: WireBlock, thirdParty: boolean): void {
  const version = block.version ?? 0
  if (version < MIN_VERSION || version > MAX_VERSION || version < neededVersion(block, thirdParty)) {
    throw malformed()
  }
}

/** The lowest version that has every feature of a block. Writers declare it, so that older readers read the block too. */
export function neededVersion(block: Omit<WireBlock, 'version'>, thirdParty: boolean): number {
  let needed = thirdParty ? V3_2 : MIN_VERSION
  const need = (version: number) => {
    needed = Math.max(needed, version)
  }
  if (block.scope.length > 0) need(V3_1)
  for (const { predicate } of block.facts) need(termsVersion(predicate.terms))
  for (const rule of block.rules) need(ruleVersion(rule))
  for (const check of block.checks) {
    if (check.kind !== undefined) need(V3_1)
    if (check.kind === 'reject') need(V3_3)
    for (const query of check.queries) need(ruleVersion(query))
  }
  return needed
}

function ruleVersion({ head, body, expressions, scope }: WireRule): number {
  let needed = Math.max(scope.length > 0 ? V3_1 : MIN_VERSION, termsVersion(head.terms))
  for (const { terms } of body) needed = Math.max(needed, termsVersion(terms))
  for (const { ops } of expressions) {
    for (const op of ops) needed = Math.max(needed, opVersion(op))
  }
  return needed
}

function opVersion(op: WireOp): number {
  if (op.type === 'closure') return V3_3
  if (op.type === 'value') return termVersion(op.value)
  return OPERATOR_VERSIONS.get(op.value.kind) ?? MIN_VERSION
}

function termsVersion(terms: readonly WireTerm[]): number {
  let needed = MIN_VERSION
  for (const term of terms) needed = Math.max(needed, termVersion(term))
  return needed
}

function termVersion(term: WireTerm): number {
  const hasNull = term.type === 'set' ? term.value.elements.some(({ type }) => type === 'null') : term.type === 'null'
  return hasNull ? V3_3 : MIN_VERSION
}
