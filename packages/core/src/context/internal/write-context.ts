import type { StatementWriter } from '../../internal/write/biscuit/statements.ts'
import { writeExpiration } from '../../internal/write/checks.ts'
import { writeToken } from '../../internal/write/write-token.ts'
import type { PrivateKey } from '../../keys/internal/keys.ts'
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
export function writeContext(key: PrivateKey, rootKeyId: number | undefined, context: NewContext): string {
  return writeToken(key, rootKeyId, (block) => {
    block.fact('context({subject})', { subject: context.subject })
    writeExpiration(block, '$time', context.expiration)
    if (context.exposures.length > 0) writeExposures(block, context, context.time)
    for (const restriction of context.restrictions) writeReject(block, restriction)
  })
}

/**
 * Writes what the authority records: sources and time once per block, and per label a fact and the check that refuses
 * it.
 */
export function writeExposures(block: StatementWriter, { exposures, sources }: Recorded, time: number): void {
  for (const source of sources) block.fact('exposure_source({source})', { source })
  block.fact('exposure_time({time})', { time })
  for (const label of exposures) {
    writeReject(block, [label])
    block.fact('exposed_label({label})', { label })
  }
}

export function writeReject(block: StatementWriter, [label, second]: Restriction): void {
  if (second === undefined) block.check('reject if exposure({label})', { label })
  else block.check('reject if exposure({label}), exposure({second})', { label, second })
}
