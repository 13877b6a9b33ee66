import { CapabilityError, type CapabilityErrorCode, type DirectProof, type VerifiedCapability } from '@writ/core/verify'
import type { RequestView } from '../request-view.ts'
import type { FrozenRequirement } from '../requirement.ts'
import type { Asked } from './asked.ts'
import { readDesignations } from './designations/read-designations.ts'
import { findToken, type TokenFrom } from './find-token.ts'
import { type HeadersFrom, SentBy } from './headers-of.ts'
import type { ProveOnce } from './prove-once.ts'
import { type Awaitable, isPromise, outcomeOf, type Steps } from './steps.ts'

/** Which requirement decided, the capability if one was proven, and the error unless the requirement is met. */
export interface Verdict<Native> {
  readonly requirement: FrozenRequirement<Native>
  readonly capability?: VerifiedCapability | undefined
  readonly error?: CapabilityError
}

/** Requirements of which one must be met. */
type Alternatives<Native> = readonly [FrozenRequirement<Native>, ...FrozenRequirement<Native>[]]

const READS = ['GET', 'HEAD', 'OPTIONS', 'QUERY']
/** Codes in the order in which a requirement is judged; all others come later. */
const STAGES: readonly (CapabilityErrorCode | undefined)[] = [
  'wrong_resource',
  'wrong_operation',
  'wrong_subject',
  'source_missing',
  'source_empty',
  'missing_designation',
]

/** Spends the token that meets the requirements of a request, if its use is to be spent now. */
export type Spend = (proven: DirectProof) => Awaitable<void>

/** Judges a request against requirements of which one must be met. The token that meets one is spent last. Never throws. */
export function* evaluate<Native>(
  prove: ProveOnce,
  spend: Spend | undefined,
  { tokenFrom, headersFrom }: { readonly tokenFrom: TokenFrom; readonly headersFrom: HeadersFrom },
  requirements: Alternatives<Native>,
  asked: Asked<Native>,
): Steps<Verdict<Native>> {
  const [requirement] = requirements
  try {
    const { view } = asked
    const found = findToken(new SentBy(view, headersFrom), tokenFrom)
    if (found === 'several') throw new CapabilityError('malformed_token')
    if (found === 'cross-site') throw new CapabilityError('cross_site')
    if (found === 'none') return withoutToken(requirements)
    const proof = prove(found.token, view)
    const proven = (isPromise(proof) ? yield proof : proof) as DirectProof
    return yield* requirements.length === 1
      ? judge(proven, spend, requirement, asked)
      : judgeAll(proven, spend, requirements, asked)
  } catch (cause) {
    return { requirement, error: asCapabilityError(cause) }
  }
}

function withoutToken<Native>(requirements: Alternatives<Native>): Verdict<Native> {
  const optional = requirements.find((requirement) => requirement.optional)
  return optional
    ? { requirement: optional }
    : { requirement: requirements[0], error: new CapabilityError('missing_token') }
}

/** The first verdict that ends the search. If there is none, the first of those that got furthest. */
function* judgeAll<Native>(
  proven: DirectProof,
  spend: Spend | undefined,
  requirements: Alternatives<Native>,
  asked: Asked<Native>,
): Steps<Verdict<Native>> {
  const refused: Verdict<Native>[] = []
  for (const requirement of requirements) {
    const verdict = yield* judge(proven, spend, requirement, asked)
    if (isFinal(verdict)) return verdict
    refused.push(verdict)
  }
  return refused.reduce((furthest, verdict) => (stageOf(verdict) > stageOf(furthest) ? verdict : furthest))
}

/** The requirement is met. Or part of the server failed: another requirement that happens to be met would only hide it. */
function isFinal({ error }: Verdict<never>): boolean {
  return error === undefined || error.code === 'unavailable'
}

/** Judges a proven token against one requirement. Never throws. */
function* judge<Native>(
  proven: DirectProof,
  spend: Spend | undefined,
  requirement: FrozenRequirement<Native>,
  asked: Asked<Native>,
): Steps<Verdict<Native>> {
  try {
    const { resource, subject, allowUndesignated } = requirement
    const decided = proven.decide({
      resource,
      operation: operationOf(requirement, asked.view),
      subject,
      allowUndesignated,
      designations: () => readDesignations(requirement, asked),
    })
    const capability = (isPromise(decided) ? yield decided : decided) as VerifiedCapability
    if (spend !== undefined) yield* outcomeOf(spend(proven))
    return { requirement, capability }
  } catch (cause) {
    return { requirement, capability: proven.capability, error: asCapabilityError(cause) }
  }
}

/** What a requirement asks for: the operation that it names, else by the method. */
export function operationOf(
  { operation }: { readonly operation?: string | undefined },
  { method }: Pick<RequestView, 'method'>,
): string {
  return operation ?? (READS.includes(method) ? 'read' : 'write')
}

function stageOf({ error }: Verdict<never>): number {
  const stage = STAGES.indexOf(error?.code)
  return stage === -1 ? STAGES.length : stage
}

function asCapabilityError(cause: unknown): CapabilityError {
  return cause instanceof CapabilityError ? cause : new CapabilityError('unavailable', { cause })
}
