import type { StatementWriter } from '../../internal/write/biscuit/statements.ts'
import { writeExpiration } from '../../internal/write/checks.ts'
import { writeToken } from '../../internal/write/write-token.ts'
import type { PrivateKey } from '../../keys/internal/keys.ts'
import type { Recorded } from './read-context.ts'
import type { Restriction } from './restrictions.ts'

// The statements of a context, exactly as the Hessra open core writes them: tokens pass in both directions.

/** All that a context of one block says. */
export interface NewContext extends Recorded {
  readonly subject: string
  /** Those that do not follow from the exposures. */
  readonly restrictions: readonly Restriction[]
  /** When it is written, and when it ends: Unix seconds. */
  readonly time: number
  readonly expiration: number
}

/** A new context, as text. */
export function writeContext(key: PrivateKey, rootKeyId: number | undefined, context: NewContext): string {
  return writeToken(key, rootKeyId, (block) => {
    block.fact('context({subject})', { subject: context.subject })
    writeExpiration(block, '$time', context.expiration)
    if (context.exposures.length > 0) writeExposures(block, context, context.time)
    for (const restriction of context.restrictions) writeReject(block, restriction)
  })
}

/** What the authority records: where from and when once a block, and what makes a verifier refuse once a label. */
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
