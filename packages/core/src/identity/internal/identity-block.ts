import {
  binary,
  checkIf,
  closure,
  predicate,
  type StatementWriter,
  value,
  variable,
} from '../../internal/write/statements.ts'

// The statements of an identity, exactly as the Hessra open core writes them, so that each side reads the other's
// tokens.

export function writeSubject(block: StatementWriter, subject: string): void {
  block.fact(predicate('subject', subject))
}

/**
 * Limits the names that the bearer may speak as: `name`, and if `open` every name below it. The check is
 * `check if actor($a), $a == {name}`, and then ` || $a.starts_with({name} + ":")`.
 */
export function writeName(block: StatementWriter, name: string, open: boolean): void {
  const actor = variable('a')
  const isName = [value(actor), value(name), binary('equal')]
  const isBelow = closure(value(actor), value(name), value(':'), binary('add'), binary('prefix'))
  const expression = open ? [...isName, isBelow, binary('lazyOr')] : isName
  block.check(checkIf([predicate('actor', actor)], { expression }))
}

/**
 * Limits the number of segments of the name: `check if actor_depth($d), $d <= {segments}`. Only Writ's verifiers know
 * this check: others do not assert the number.
 */
export function writeDepth(block: StatementWriter, segments: number): void {
  const depth = variable('d')
  const expression = [value(depth), value(segments), binary('lessOrEqual')]
  block.check(checkIf([predicate('actor_depth', depth)], { expression }))
}
