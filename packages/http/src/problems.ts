import type { CapabilityErrorCode } from '@writ/core/verify'

/** What a caller is told about a code. */
export interface Problem {
  readonly status: 400 | 401 | 403 | 500 | 503
  readonly title: string
  /** Whether a new token may help, which RFC 6750 calls `invalid_token`. Absent: it does not. */
  readonly renew?: true
}

/**
 * What a caller is told about each code: status and title of the answer.
 *
 * @example
 * ```ts
 * import { PROBLEMS } from '@writ/http'
 *
 * console.log(PROBLEMS.expired.status) // 403
 * ```
 */
export const PROBLEMS: Readonly<Record<CapabilityErrorCode, Problem>> = /* @__PURE__ */ Object.freeze({
  missing_token: { status: 401, title: 'A capability token is required' },
  malformed_token: { status: 403, title: 'The capability token is malformed', renew: true },
  untrusted_key: { status: 403, title: 'The capability token is not signed by a trusted key', renew: true },
  invalid_signature: { status: 403, title: 'The capability token is not signed by a trusted key', renew: true },
  limits_exceeded: { status: 403, title: 'The capability token exceeds a limit' },
  unsupported_block: { status: 403, title: 'The capability token holds statements that are not supported' },
  wrong_kind: { status: 403, title: 'The token is not a capability token' },
  expired: { status: 403, title: 'The capability token has expired', renew: true },
  revoked: { status: 403, title: 'The capability token has been revoked', renew: true },
  wrong_resource: { status: 403, title: 'The capability token is for another resource' },
  wrong_operation: { status: 403, title: 'The capability token is for another operation' },
  wrong_subject: { status: 403, title: 'The capability token was issued to another subject' },
  wrong_designation: { status: 403, title: 'The capability token is for another object' },
  missing_designation: { status: 403, title: 'The request does not name the object of the capability token' },
  source_empty: { status: 400, title: 'The request does not name its object where the route looks for it' },
  source_missing: { status: 500, title: 'The route looks for its object where no request can name it' },
  undesignated: { status: 403, title: 'The capability token does not name the object of the request' },
  wrong_anchor: { status: 403, title: 'The capability token may not be used at this service' },
  not_activated: { status: 403, title: 'The capability token has not been activated' },
  already_used: { status: 403, title: 'The capability token has already been used' },
  exposed: { status: 403, title: 'The session has been exposed to what this excludes' },
  check_failed: { status: 403, title: 'A check of the capability token is not met' },
  cross_site: { status: 403, title: 'The request may come from another site' },
  unguarded: { status: 500, title: 'The route is not guarded' },
  unavailable: { status: 503, title: 'The authorization decision could not be made' },
})
