import { CapabilityError } from '@writ/core'
import type { Asker } from '../engine.ts'
import { EngineError, type EngineErrorDetails } from '../engine-error.ts'
import type { Parts } from './plan.ts'

/** Step `subject`: who asks, and until when the identity that was presented is valid. */
export async function identifyAsker(
  asker: Asker,
  { keys }: Parts,
  details: EngineErrorDetails,
): Promise<{ readonly subject: string; readonly endsBy: number | undefined }> {
  if (asker.identity === undefined) return { subject: asker.subject, endsBy: undefined }
  try {
    const { identity, expiresAt } = await keys.identities.verify(asker.identity)
    return { subject: identity, endsBy: expiresAt }
  } catch (cause) {
    if (!(cause instanceof CapabilityError)) throw cause
    throw new EngineError('subject', cause.code === 'unavailable' ? 'unavailable' : 'wrong_identity', {
      ...details,
      cause,
    })
  }
}
