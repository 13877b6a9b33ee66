import { predicate, rejectIf, type StatementWriter } from '../../internal/write/statements.ts'
import type { Recorded } from './read-context.ts'
import type { Restriction } from './restrictions.ts'

// The statements of a context, exactly as the Hessra open core writes them, so that each side reads the other's tokens.

/**
 * Writes what the authority records: sources and time once per block, and per label a fact and the check that refuses
 * it.
 */
export function writeExposures(block: StatementWriter, { exposures, sources }: Recorded, time: number): void {
  for (const source of sources) block.fact(predicate('exposure_source', source))
  block.fact(predicate('exposure_time', time))
  for (const label of exposures) {
    writeReject(block, [label])
    block.fact(predicate('exposed_label', label))
  }
}

/** Refuses a session that was exposed to all of these: `reject if exposure({label})`. */
export function writeReject(block: StatementWriter, labels: Restriction): void {
  block.check(rejectIf(labels.map((label) => predicate('exposure', label))))
}
