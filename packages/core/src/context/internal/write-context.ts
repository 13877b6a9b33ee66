import { writeExpiration } from '../../internal/write/checks.ts'
import type { LocalKey, SigningKey } from '../../internal/write/signing-key.ts'
import { predicate, rejectIf, type StatementWriter } from '../../internal/write/statements.ts'
import { writeToken } from '../../internal/write/write-token.ts'
import type { Recorded } from './read-context.ts'
import type { Restriction } from './restrictions.ts'

// The statements of a context, exactly as the Hessra open core writes them, so that each side reads the other's tokens.

/** The contents of a context of one block. */
export interface NewContext extends Recorded {
  readonly subject: string
  /** The restrictions that do not follow from the exposures. */
  readonly restrictions: readonly Restriction[]
  /** When it is written, in Unix seconds. */
  readonly time: number
  /** When it ends, in Unix seconds. */
  readonly expiration: number
}

/** Writes a new context. */
export async function writeContext(
  key: LocalKey | SigningKey,
  rootKeyId: number | undefined,
  context: NewContext,
): Promise<string> {
  return writeToken(key, rootKeyId, (block) => {
    block.fact(predicate('context', context.subject))
    writeExpiration(block, 'time', context.expiration)
    if (context.exposures.length > 0) writeExposures(block, context, context.time)
    for (const restriction of context.restrictions) writeReject(block, restriction)
  })
}

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
