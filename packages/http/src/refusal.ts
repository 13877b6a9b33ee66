import type { CapabilityError, CapabilityErrorCode } from '@writ/core/verify'

/** The answer to a request that is refused. Everything in it may be sent to the caller, except `error`. */
export interface Refusal {
  readonly status: number
  /** What a caller may know: see `CapabilityError.publicCode`. */
  readonly code: CapabilityErrorCode
  readonly title: string
  readonly headers: Readonly<Record<string, string>>
  /** Problem details (RFC 9457), serialised. */
  readonly body: string
  /** The true reason, with values of the token and the request: for operators only. */
  readonly error: CapabilityError
}

/** What `onRefusal` may return: what it leaves out stays as the guard has it. */
export interface RefusalResponse {
  /** 400 to 599: a refusal stays one. */
  readonly status?: number | undefined
  /** Headers to add or replace. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A text, or an object that is serialised as JSON. */
  readonly body?: string | object | undefined
}

/** How refusals look from outside. */
export interface RefusalSettings {
  readonly realm: string
  readonly rfc6750: boolean
  readonly retryAfter: number
}

interface Row {
  readonly title: string
  readonly status: 401 | 403 | 500 | 503
  /** Whether a fresh token may help, so that RFC 6750 has it as `invalid_token`. */
  readonly renew?: true
}

/** One row a code: what a caller is told. */
const ROWS: Readonly<Record<CapabilityErrorCode, Row>> = {
  missing_token: { status: 401, title: 'A capability token is required' },
  malformed_token: { status: 403, title: 'The capability token is malformed', renew: true },
  untrusted_key: { status: 403, title: 'The capability token is not signed by a trusted key', renew: true },
  invalid_signature: { status: 403, title: 'The capability token is not signed by a trusted key', renew: true },
  expired: { status: 403, title: 'The capability token has expired', renew: true },
  revoked: { status: 403, title: 'The capability token has been revoked', renew: true },
  wrong_resource: { status: 403, title: 'The capability token is for another resource' },
  wrong_operation: { status: 403, title: 'The capability token is for another operation' },
  wrong_subject: { status: 403, title: 'The capability token was issued to another subject' },
  wrong_designation: { status: 403, title: 'The capability token is for another object' },
  missing_designation: { status: 403, title: 'The request does not name the object of the capability token' },
  undesignated: { status: 403, title: 'The capability token does not name the object of the request' },
  wrong_anchor: { status: 403, title: 'The capability token may not be used at this service' },
  not_activated: { status: 403, title: 'The capability token has not been activated' },
  already_used: { status: 403, title: 'The capability token has already been used' },
  exposed: { status: 403, title: 'The session has been exposed to what this excludes' },
  wrong_kind: { status: 403, title: 'The token is not a capability token' },
  check_failed: { status: 403, title: 'A check of the capability token is not met' },
  unsupported_block: { status: 403, title: 'The capability token holds statements that are not supported' },
  limits_exceeded: { status: 403, title: 'The capability token exceeds a limit' },
  unguarded: { status: 500, title: 'The route is not guarded' },
  unavailable: { status: 503, title: 'The authorization decision could not be made' },
}

/**
 * The one answer to an error: status, challenge (RFC 6750 section 3), problem details (RFC 9457). 401 only when there is no Bearer
 * credential, or by `rfc6750` for a token that is unproven, expired or revoked.
 *
 * @example
 * ```ts
 * import { CapabilityError } from '@writ/core'
 * import { refusalOf } from '@writ/http'
 *
 * const settings = { realm: 'writ', rfc6750: false, retryAfter: 5 }
 * console.log(refusalOf(new CapabilityError('expired'), settings).status) // 403
 * ```
 */
export function refusalOf(error: CapabilityError, settings: RefusalSettings): Refusal {
  const code = error.publicCode
  const row = ROWS[code]
  const status = settings.rfc6750 && row.renew ? 401 : row.status
  const headers: Record<string, string> = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Cache-Control': 'no-store',
  }
  if (status === 401 || status === 403) headers['WWW-Authenticate'] = challenge(settings.realm, status, row)
  if (status === 503) headers['Retry-After'] = String(settings.retryAfter)
  const body = JSON.stringify({ type: `urn:writ:problem:${code}`, title: row.title, status, code })
  return Object.freeze({ status, code, title: row.title, headers: Object.freeze(headers), body, error })
}

function challenge(realm: string, status: 401 | 403, row: Row): string {
  if (status === 403) return `Bearer realm="${realm}", error="insufficient_scope"`
  return row.renew ? `Bearer realm="${realm}", error="invalid_token"` : `Bearer realm="${realm}"`
}
