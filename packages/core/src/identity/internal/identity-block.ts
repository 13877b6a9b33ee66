import type { StatementWriter } from '../../internal/write/biscuit/statements.ts'

// The statements of an identity, exactly as the Hessra open core writes them: tokens pass in both directions.

export function writeSubject(block: StatementWriter, subject: string): void {
  block.fact('subject({subject})', { subject })
}

/** Who the bearer may speak as: `name`, and if it is `open` whoever is below it. */
export function writeName(block: StatementWriter, name: string, open: boolean): void {
  const exactly = 'check if actor($a), $a == {name}'
  block.check(open ? `${exactly} || $a.starts_with({name} + ":")` : exactly, { name })
}

/** The most segments that the name of whoever speaks may have. Our own: no other verifier says how many there are. */
export function writeDepth(block: StatementWriter, segments: number): void {
  block.check('check if actor_depth($d), $d <= {segments}', { segments })
}
