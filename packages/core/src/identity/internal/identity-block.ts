import type { StatementWriter } from '../../internal/write/biscuit/statements.ts'

// The statements of an identity, exactly as the Hessra open core writes them, so that each side reads the other's
// tokens.

export function writeSubject(block: StatementWriter, subject: string): void {
  block.fact('subject({subject})', { subject })
}

/** Limits the names that the bearer may speak as: `name`, and if `open` every name below it. */
export function writeName(block: StatementWriter, name: string, open: boolean): void {
  const exactly = 'check if actor($a), $a == {name}'
  block.check(open ? `${exactly} || $a.starts_with({name} + ":")` : exactly, { name })
}

/**
 * Limits the number of segments of the name. Only Writ's verifiers know this check: others do not assert the number.
 */
export function writeDepth(block: StatementWriter, segments: number): void {
  block.check('check if actor_depth($d), $d <= {segments}', { segments })
}
