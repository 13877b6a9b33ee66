import assert from 'node:assert/strict'
import type { CapabilityErrorCode } from '@writ/core'
import type { RawResponse } from './raw-request.ts'

/** What the guard answers, written down a second time: a slip in the table of `@writ/http` must not go unnoticed. */
const ANSWERS = new Map<CapabilityErrorCode, readonly [status: number, title: string]>([
  ['missing_token', [401, 'A capability token is required']],
  ['malformed_token', [403, 'The capability token is malformed']],
  ['invalid_signature', [403, 'The capability token is not signed by a trusted key']],
  ['expired', [403, 'The capability token has expired']],
  ['revoked', [403, 'The capability token has been revoked']],
  ['wrong_resource', [403, 'The capability token is for another resource']],
  ['wrong_operation', [403, 'The capability token is for another operation']],
  ['wrong_subject', [403, 'The capability token was issued to another subject']],
  ['wrong_designation', [403, 'The capability token is for another object']],
  ['missing_designation', [403, 'The request does not name the object of the capability token']],
  ['undesignated', [403, 'The capability token does not name the object of the request']],
  ['wrong_anchor', [403, 'The capability token may not be used at this service']],
  ['already_used', [403, 'The capability token has already been used']],
  ['wrong_kind', [403, 'The token is not a capability token']],
  ['unavailable', [503, 'The authorization decision could not be made']],
])

/** What tokens and requests of the cases hold, and how a stack begins: no header of a refusal may say it either. */
const SECRETS = ['acme', 'globex', 'alice', 'mallory', '\n    at ']

/** How an answer may differ from the one of a guard without options. */
export interface AnswerOptions {
  /** Default `writ`. */
  readonly realm?: string
  /** Whether the guard was built with `rfc6750`, and the token is one that a fresh one may replace. */
  readonly invalidToken?: boolean
  /** Default 5. */
  readonly retryAfter?: number
  /** Of a HEAD request. */
  readonly head?: boolean
}

/** Asserts that a response is the guard's refusal with that code, byte for byte. */
export function expectRefusal(response: RawResponse, code: CapabilityErrorCode, options: AnswerOptions = {}): void {
  const { realm = 'writ', invalidToken = false, retryAfter = 5, head = false } = options
  const [usual, title] = ANSWERS.get(code) ?? assert.fail(`no answer is written down for ${code}`)
  const status = invalidToken ? 401 : usual
  const error = { 401: invalidToken ? ', error="invalid_token"' : '', 403: ', error="insufficient_scope"' }[status]
  const body = `{"type":"urn:writ:problem:${code}","title":"${title}","status":${status},"code":"${code}"}`
  const expected = {
    status,
    'content-type': ['application/problem+json; charset=utf-8'],
    'cache-control': ['no-store'],
    'www-authenticate': error === undefined ? [] : [`Bearer realm="${realm}"${error}`],
    'retry-after': status === 503 ? [String(retryAfter)] : [],
    etag: [],
    body: head ? '' : body,
  }
  const actual = Object.fromEntries(Object.keys(expected).map((name) => [name, response.header(name)]))
  assert.deepEqual({ ...actual, status: response.status, body: response.body }, expected)
  for (const secret of SECRETS) assert.ok(!response.text.includes(secret), `a refusal says ${secret}`)
}

/** Asserts that a response is a refusal of the guard, byte for byte, whatever its code. */
export function expectAnyRefusal(response: RawResponse): void {
  assert.ok(response.status >= 400, response.text)
  const code = [...ANSWERS.keys()].find((one) => response.body.includes(`"code":"${one}"`))
  expectRefusal(response, code ?? assert.fail(`no refusal of a guard: ${response.text}`))
}

/** Asserts that a response is that of the handler, and returns what it answered. */
export function expectPass(response: RawResponse): HandlerAnswer {
  assert.equal(response.status, 200, response.text)
  return JSON.parse(response.body) as HandlerAnswer
}

/** What the handlers of the suite answer. */
export interface HandlerAnswer {
  readonly route: string
  readonly subject: string | null
  readonly designations: Readonly<Record<string, string>> | null
  readonly params: Readonly<Record<string, unknown>>
}
