import type { CapabilityError, CapabilityErrorCode } from '@writ/core/verify'
import { PROBLEMS, type Problem } from './problems.ts'

/** What a route demands of a capability, in words that a caller may know: labels, and never a value of a request. */
export interface Demand {
  readonly resource: string
  readonly operation: string
  /** The labels of the designations that the route supplies, in the order of the requirement. */
  readonly designations: readonly string[]
  /** The name of the service. Absent if it has none. */
  readonly anchor?: string
}

/** What a refusal may say about its route. */
export interface Disclosure {
  /** What the route demands. Of several requirements it is the one that the decision is about. */
  readonly required: Demand
  /** Whether the caller holds a token that is proven, unexpired and not revoked. Only such a caller learns the whole of it. */
  readonly proven: boolean
}

/** The answer to a request that is refused. Everything in it may be sent to the caller, except `error`. */
export interface Refusal {
  readonly status: number
  /** The public code: see `CapabilityError.publicCode`. */
  readonly code: CapabilityErrorCode
  readonly title: string
  readonly headers: Readonly<Record<string, string>>
  /** Problem details (RFC 9457), serialised. */
  readonly body: string
  /** What the route demands, if the body says so. */
  readonly required?: Demand | undefined
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
  /** Where the protected resource describes itself (RFC 9728), for the challenge. Default: nowhere. */
  readonly resourceMetadata?: string | undefined
}

/** What a scope consists of (RFC 6750 section 3). Nothing in it ends a quoted-string or begins another scope. */
const SCOPE = /^[!#-[\]-~]{1,256}$/

/**
 * Returns the answer to an error: status, challenge (RFC 6750 section 3, RFC 9728 section 5.1) and problem details (RFC 9457).
 * The status is that of {@link PROBLEMS}; with `rfc6750` it is 401 if a new token may help.
 *
 * @param disclosure - What the answer may say about its route. Default: nothing. The body says it to callers whose token is
 *   proven. The challenge has it as `scope`, for strangers only where there is `resourceMetadata`.
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
export function refusalOf(error: CapabilityError, settings: RefusalSettings, disclosure?: Disclosure): Refusal {
  const code = error.publicCode
  const problem = PROBLEMS[code]
  const { title } = problem
  const status = settings.rfc6750 && problem.renew ? 401 : problem.status
  // A failure of the service, and a token that must be renewed, are not mended by another demand.
  const required = disclosure?.proven && status < 500 && !problem.renew ? disclosure.required : undefined
  const headers: Record<string, string> = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Cache-Control': 'no-store',
  }
  if (status === 401 || status === 403) {
    const scoped = settings.resourceMetadata === undefined ? required : disclosure?.required
    headers['WWW-Authenticate'] = challenge(settings, status, problem, scoped)
  }
  if (status === 503) headers['Retry-After'] = String(settings.retryAfter)
  const body = JSON.stringify({ type: `urn:writ:problem:${code}`, title, status, code, required })
  return Object.freeze({
    status,
    code,
    title,
    headers: Object.freeze(headers),
    body,
    ...(required && { required }),
    error,
  })
}

function challenge(
  { realm, resourceMetadata }: RefusalSettings,
  status: 401 | 403,
  { renew }: Problem,
  demand: Demand | undefined,
): string {
  const scope = demand && `${demand.resource}:${demand.operation}`
  const error = status === 403 ? 'insufficient_scope' : renew && 'invalid_token'
  const params = [
    ['realm', realm],
    ['error', error],
    // A name that has no spelling as a scope is left out: an escape would be the scope of another name.
    ['scope', scope !== undefined && SCOPE.test(scope) ? scope : undefined],
    ['resource_metadata', resourceMetadata],
  ]
  const said = params.filter(([, value]) => value !== undefined)
  return `Bearer ${said.map(([name, value]) => `${name}="${value}"`).join(', ')}`
}
