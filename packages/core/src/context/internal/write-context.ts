import { writeExpiration } from '../../internal/write/checks.ts'
import type { LocalKey, SigningKey } from '../../internal/write/signing-key.ts'
import { predicate } from '../../internal/write/statements.ts'
import { writeToken } from '../../internal/write/write-token.ts'
import type { Written } from '../../internal/write/written.ts'
import { writeExposures, writeReject } from './context-block.ts'
import type { Recorded } from './read-context.ts'
import type { Restriction } from './restrictions.ts'

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
): Promise<Written> {
  return writeToken(key, rootKeyId, (block) => {
    block.fact(predicate('context', context.subject))
    writeExpiration(block, 'time', context.expiration)
    if (context.exposures.length > 0) writeExposures(block, context, context.time)
    for (const restriction of context.restrictions) writeReject(block, restriction)
  })
}
