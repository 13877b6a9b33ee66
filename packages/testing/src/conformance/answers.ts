import type { CapabilityErrorCode } from '@writ/core'

/** A code that a guard may answer with. A new code needs a row in one of the tables below. */
export type AnsweredCode = Exclude<CapabilityErrorCode, 'untrusted_key' | 'exposed'>

/** What a guard answers, written down a second time: a slip in the table of `@writ/http` must not go unnoticed. */
export const ANSWERS: Readonly<Record<AnsweredCode, readonly [status: number, title: string]>> = {
  missing_token: [401, 'A capability token is required'],
  malformed_token: [403, 'The capability token is malformed'],
  invalid_signature: [403, 'The capability token is not signed by a trusted key'],
  limits_exceeded: [403, 'The capability token exceeds a limit'],
  unsupported_block: [403, 'The capability token holds statements that are not supported'],
  wrong_kind: [403, 'The token is not a capability token'],
  expired: [403, 'The capability token has expired'],
  revoked: [403, 'The capability token has been revoked'],
  wrong_resource: [403, 'The capability token is for another resource'],
  wrong_operation: [403, 'The capability token is for another operation'],
  wrong_subject: [403, 'The capability token was issued to another subject'],
  wrong_designation: [403, 'The capability token is for another object'],
  missing_designation: [403, 'The request does not name the object of the capability token'],
  source_empty: [400, 'The request does not name its object where the route looks for it'],
  source_missing: [500, 'The route looks for its object where no request can name it'],
  undesignated: [403, 'The capability token does not name the object of the request'],
  wrong_anchor: [403, 'The capability token may not be used at this service'],
  not_activated: [403, 'The capability token has not been activated'],
  already_used: [403, 'The capability token has already been used'],
  check_failed: [403, 'A check of the capability token is not met'],
  cross_site: [403, 'The request may come from another site'],
  unguarded: [500, 'The route is not guarded'],
  unavailable: [503, 'The authorization decision could not be made'],
}

/** Codes of refusals to callers whose token is proven: the answer says what the route demands. */
export const DEMANDING: readonly AnsweredCode[] = [
  'wrong_resource',
  'wrong_operation',
  'wrong_subject',
  'wrong_designation',
  'missing_designation',
  'source_empty',
  'undesignated',
  'wrong_anchor',
  'not_activated',
  'already_used',
  'check_failed',
]

/** Codes about a token that is proven, or not yet: either answer is right. */
export const MAY_DEMAND: readonly AnsweredCode[] = ['limits_exceeded', 'unsupported_block']

/** Why no guard answers with the other codes. */
export const NEVER_ANSWERED: Readonly<Record<Exclude<CapabilityErrorCode, AnsweredCode>, string>> = {
  untrusted_key: 'callers see invalid_signature, because nothing of such a token is proven',
  exposed: 'only contexts are exposed, and a guard reads capabilities',
}
