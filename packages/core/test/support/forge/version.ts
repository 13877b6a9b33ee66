import type { Block, Expression, Op, Predicate, Query, Term } from './model.ts'

const OPS_OF_VERSION_4 = new Set<unknown>(['bitAnd', 'bitOr', 'bitXor', 'strictNotEqual', 17, 18, 19, 20])
const OPS_OF_VERSION_6 = new Set<unknown>('equal notEqual lazyAnd lazyOr all any get ffi tryOr'.split(' '))

/** The lowest block version in which every feature of the block exists: 3, 4 or 6 (5 only adds third-party blocks). */
export function lowestVersion(block: Block): number {
  const queries = [...(block.rules ?? []), ...(block.checks ?? []).flatMap((check) => check.queries)]
  const kinds = (block.checks ?? []).map((check) => check.kind)
  const predicates = [...(block.facts ?? []), ...queries.flatMap((query) => predicatesOf(query))]
  const expressions = queries.flatMap((query) => query.expressions ?? [])
  if (kinds.includes('reject') || kinds.includes(2)) return 6
  if (predicates.some((predicate) => predicate.terms.some(isNew)) || expressions.some(usesVersion6)) return 6
  if (kinds.some((kind) => kind !== undefined && kind !== 'if')) return 4
  const scoped = (block.scope ?? []).length > 0 || queries.some((query) => (query.scope ?? []).length > 0)
  return scoped || expressions.some((ops) => ops.some((op) => 'binary' in op && OPS_OF_VERSION_4.has(op.binary)))
    ? 4
    : 3
}

function predicatesOf(query: Query): readonly Predicate[] {
  return query.head === undefined ? query.body : [query.head, ...query.body]
}

function usesVersion6(ops: Expression): boolean {
  return ops.some(isNewOp)
}

function isNewOp(op: Op): boolean {
  if ('value' in op) return isNew(op.value)
  if ('unary' in op) return op.unary === 'type' || op.unary === 'ffi' || op.unary === 3 || op.unary === 4
  if ('binary' in op) return typeof op.binary === 'number' ? op.binary > 20 : OPS_OF_VERSION_6.has(op.binary)
  return true
}

function isNew(term: Term): boolean {
  if (term === null) return true
  if (typeof term !== 'object' || term instanceof Uint8Array) return false
  if ('set' in term) return term.set.some(isNew)
  return 'array' in term || 'map' in term
}
