import { CapabilityError } from '@writ/core'
import type { Asker } from '../engine.ts'
import { EngineError, type EngineErrorDetails } from '../engine-error.ts'
import type { Asked, Parts } from './plan.ts'

/** Step `subject`: who asks, who has delegated to them, and until when the identity that was presented is valid. */
export async function identifyAsker(
  asker: Asker,
  { keys }: Parts,
  details: EngineErrorDetails,
): Promise<Pick<Asked, 'subject' | 'delegatedBy' | 'endsBy'>> {
  if (asker.identity === undefined) {
    const { subject, delegatedBy = [] } = asker
    return { subject, delegatedBy, endsBy: undefined }
  }
  try {
    const { identity, delegatedBy, expiresAt } = await keys.identities.verify(asker.identity)
    return { subject: identity, delegatedBy, endsBy: expiresAt }
  } catch (cause) {
    if (!(cause instanceof CapabilityError)) throw cause
    throw new EngineError('subject', cause.code === 'unavailable' ? 'unavailable' : 'wrong_identity', {
      ...details,
      cause,
    })
  }
}
