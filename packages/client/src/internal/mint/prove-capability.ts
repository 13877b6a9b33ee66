import type { Inspection, Keys } from '@writ/core/hold'
import { proveToken, wrongAnswer } from '../base/prove-token.ts'
import type { CapabilityQuestion } from './read-request.ts'

/** A capability that was proven to be what was asked for. */
export interface ProvenCapability {
  readonly token: string
  readonly subject: string
  readonly expiresAt: number
  readonly singleUse: boolean
}

/**
 * An answer may hold another capability than the one that was asked for: one of an older request, or one without the
 * tenant. A service that sends it would act for somebody else, or show a wider right than it meant to.
 *
 * @throws `ClientError`: `bad_answer`; `unavailable` if the keys cannot be had.
 */
export async function proveCapability(
  token: string,
  asked: CapabilityQuestion,
  asker: string,
  keys: Keys,
): Promise<ProvenCapability> {
  const said = await proveToken(token, keys)
  const { kind, subject, expiresAt, resource, operation } = said
  if (kind !== 'capability' || subject === undefined || expiresAt === undefined)
    throw wrongAnswer('it is no capability')
  if (resource !== asked.target || operation !== asked.operation)
    throw wrongAnswer('the capability is for another right')
  if (subject !== asker && !subject.startsWith(`${asker}:`)) throw wrongAnswer('the capability is for another subject')
  for (const [label, value] of asked.designations) assertBound(said, label, value)
  if (asked.anchor !== undefined) assertBound(said, 'anchor', asked.anchor)
  const singleUse = said.designations.some(({ label }) => label === 'facet')
  if (asked.singleUse && !singleUse) throw wrongAnswer('the capability is not for a single use')
  return { token, subject, expiresAt, singleUse }
}

function assertBound({ designations }: Inspection, label: string, value: string): void {
  const bound = designations.filter((designation) => designation.label === label)
  if (bound.length > 0 && bound.every((designation) => designation.value === value)) return
  throw wrongAnswer('the capability does not name the object or the service that was asked for')
}
