import {
  CapabilityError,
  type CapabilityErrorCode,
  type ProvenCapability,
  type VerifiedCapability,
} from '@writ/core/verify'
import type { RequestView } from '../request-view.ts'
import type { FrozenRequirement } from '../requirement.ts'
import { findToken, type TokenFrom } from './find-token.ts'
import type { ProveOnce } from './prove-once.ts'
import { type Asked, readDesignations } from './read-designations.ts'

/** What came of a request: which requirement decided, the capability if one was proven, the error unless it was met. */
export interface Verdict<Native> {
  readonly requirement: FrozenRequirement<Native>
  readonly capability?: VerifiedCapability | undefined
  readonly error?: CapabilityError
}

const READS = ['GET', 'HEAD', 'OPTIONS', 'QUERY']
/** In the order in which a requirement is judged; whatever is not here comes later. */
const STAGES: readonly CapabilityErrorCode[] = [
  'wrong_resource',
  'wrong_operation',
  'wrong_subject',
  'missing_designation',
]

/**
 * Judges a request against requirements of which one must be met; the token that meets it is spent last. Never throws.
 */
export async function evaluate<Native>(
  prove: ProveOnce,
  spend: (proven: ProvenCapability) => Promise<void>,
  tokenFrom: TokenFrom,
  requirements: readonly [FrozenRequirement<Native>, ...FrozenRequirement<Native>[]],
  asked: Asked<Native>,
): Promise<Verdict<Native>> {
  const { view } = asked
  let furthest: Verdict<Native> = { requirement: requirements[0] }
  try {
    const found = findToken(view, tokenFrom)
    if (found === 'several') throw new CapabilityError('malformed_token')
    if (found === 'none') {
      const optional = requirements.find((requirement) => requirement.optional)
      if (optional) return { requirement: optional }
      throw new CapabilityError('missing_token')
    }
    const proven = await prove(found.token, view)
    for (const requirement of requirements) {
      try {
        const capability = await proven.decide({
          resource: requirement.resource,
          operation: operationOf(requirement, view),
          ...(requirement.subject === undefined ? {} : { subject: requirement.subject }),
          allowUndesignated: requirement.allowUndesignated,
          designations: () => readDesignations(requirement, asked),
        })
        await spend(proven)
        return { requirement, capability }
      } catch (cause) {
        const error = asCapabilityError(cause)
        const verdict = { requirement, capability: proven.capability, error }
        // Part of the server failed: another requirement that happens to be met would only hide it.
        if (error.code === 'unavailable') return verdict
        if (!furthest.error || stageOf(error) > stageOf(furthest.error)) furthest = verdict
      }
    }
    return furthest
  } catch (cause) {
    return { ...furthest, error: asCapabilityError(cause) }
  }
}

/** What a requirement asks for: the operation that it names, else by the method. */
export function operationOf(
  { operation }: { readonly operation?: string | undefined },
  { method }: RequestView,
): string {
  return operation ?? (READS.includes(method) ? 'read' : 'write')
}

function stageOf(error: CapabilityError): number {
  const stage = STAGES.indexOf(error.code)
  return stage === -1 ? STAGES.length : stage
}

function asCapabilityError(cause: unknown): CapabilityError {
  return cause instanceof CapabilityError ? cause : new CapabilityError('unavailable', { cause })
}
