import type { CapabilityError, CapabilityErrorCode } from '@writ/core/verify'
import { PROBLEMS, type Problem } from './problems.ts'

/** The answer to a request that is refused. Everything in it may be sent to the caller, except `error`. */
export interface Refusal {
  readonly status: number
  /** The public code: see `CapabilityError.publicCode`. */
  readonly code: CapabilityErrorCode
  readonly title: string
  readonly headers: Readonly<Record<string, string>>
  /** Problem details (RFC 9457), serialised. */
  readonly body: string
  /** The true reason, with values of the token and the request: for operators only. */
  readonly error: CapabilityError
}

/** What `onRefusal` may return. What it leaves out stays as it is. */
export interface RefusalResponse {
  /** 400 to 599: it cannot turn the refusal into a success. */
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

/**
 * Returns the answer to an error: status, challenge (RFC 6750 section 3) and problem details (RFC 9457). The status is that of
 * {@link PROBLEMS}; with `rfc6750` it is 401 if a new token may help.
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
  const problem = PROBLEMS[code]
  const status = settings.rfc6750 && problem.renew ? 401 : problem.status
  const headers: Record<string, string> = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Cache-Control': 'no-store',
  }
  if (status === 401 || status === 403) headers['WWW-Authenticate'] = challenge(settings.realm, status, problem)
  if (status === 503) headers['Retry-After'] = String(settings.retryAfter)
  const body = JSON.stringify({ type: `urn:writ:problem:${code}`, title: problem.title, status, code })
  return Object.freeze({ status, code, title: problem.title, headers: Object.freeze(headers), body, error })
}

function challenge(realm: string, status: 401 | 403, problem: Problem): string {
  if (status === 403) return `Bearer realm="${realm}", error="insufficient_scope"`
  return problem.renew ? `Bearer realm="${realm}", error="invalid_token"` : `Bearer realm="${realm}"`
}
