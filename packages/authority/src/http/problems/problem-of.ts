import { CapabilityError } from '@writ/core'
import { EngineError } from '@writ/engine'
import { RefusalError } from '@writ/http'
import { HTTPException } from 'hono/http-exception'
import { AuthorityError, type AuthorityErrorCode } from '../../authority-error.ts'
import { KeyError } from '../../keys/key-error.ts'
import { StoreError } from '../../store/store-error.ts'

/** What is answered to an error (RFC 9457), before the request has its part in it. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly details: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
}

const RETRY_AFTER_SECONDS = 2
const OF_STATUS: ReadonlyMap<number, AuthorityErrorCode> = new Map([
  [400, 'unreadable_request'],
  [404, 'not_found'],
  [413, 'too_large'],
  [415, 'unsupported_media_type'],
])

/** The problem of an error. What nobody expected says nothing but that. */
export function problemOf(error: unknown): Problem {
  if (error instanceof AuthorityError) return describe(error)
  if (error instanceof EngineError) return describe(refusalOf(error))
  if (error instanceof RefusalError) return describeGuard(error)
  if (error instanceof StoreError) return describe(new AuthorityError('unavailable', { part: 'store' }))
  if (error instanceof KeyError) return describe(new AuthorityError('unavailable', { part: 'keys' }))
  const code = error instanceof HTTPException ? OF_STATUS.get(error.status) : undefined
  return describe(new AuthorityError(code ?? 'failed'))
}

/** A refusal of the engine as one of the authority. */
function refusalOf(error: EngineError): AuthorityError {
  const { step, code } = error
  if (code === 'unavailable') return new AuthorityError('unavailable', { part: 'engine' })
  return new AuthorityError('refused', { step, reason: code })
}

function describe({ code, status, message: title, details }: AuthorityError): Problem {
  const { retryAfter = RETRY_AFTER_SECONDS } = details
  const headers: Record<string, string> = {}
  if (status === 401) headers['WWW-Authenticate'] = challengeOf(code)
  if (status === 429 || status === 503) headers['Retry-After'] = String(retryAfter)
  return { status, code, title, details, headers }
}

/** RFC 6750 section 3: whoever presents nothing is told no error. */
function challengeOf(code: string): string {
  return code === 'missing_credential' ? 'Bearer realm="writ"' : 'Bearer realm="writ", error="invalid_token"'
}

function describeGuard(error: RefusalError): Problem {
  const { status, code, message: title, headers, required } = error
  return { status, code, title, details: required === undefined ? {} : { required }, headers }
}

/** Whether something is wrong with the authority, and not with the request. */
export function isFailure(error: unknown): boolean {
  if (error instanceof CapabilityError) return error.code === 'unavailable' || !(error instanceof RefusalError)
  if (error instanceof AuthorityError) return error.status >= 500
  if (error instanceof HTTPException) return error.status >= 500
  return !(error instanceof EngineError) || error.code === 'unavailable'
}
