import assert from 'node:assert/strict'
import { ANSWERS, type AnsweredCode } from './answers.ts'
import type { RawResponse } from './raw-request.ts'

/** Values of the tokens and requests in the cases, and the beginning of a stack. No part of a refusal may contain them. */
const SECRETS = ['acme', 'globex', 'alice', 'mallory', '\n    at ']

/** How an answer may differ from the one of a guard without options. */
export interface AnswerOptions {
  /** Default `writ`. */
  readonly realm?: string
  /** Whether the guard has the option `rfc6750`, and a new token may help. */
  readonly invalidToken?: boolean
  /** Default 5. */
  readonly retryAfter?: number
  /** Whether this answers a HEAD request. */
  readonly head?: boolean
}

/** Asserts that a response is the guard's refusal with that code, byte for byte. */
export function expectRefusal(response: RawResponse, code: AnsweredCode, options: AnswerOptions = {}): void {
  const { realm = 'writ', invalidToken = false, retryAfter = 5, head = false } = options
  const [usual, title] = ANSWERS[code]
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

/** Asserts that a response is a refusal of the guard with any code, byte for byte. */
export function expectAnyRefusal(response: RawResponse): void {
  assert.ok(response.status >= 400, response.text)
  const codes = Object.keys(ANSWERS) as AnsweredCode[]
  // An app that starts has no unguarded route, so that is not an answer to a request.
  const code = codes.find((one) => one !== 'unguarded' && response.body.includes(`"code":"${one}"`))
  expectRefusal(response, code ?? assert.fail(`not a refusal of a guard: ${response.text}`))
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
  readonly enforced: boolean | null
  readonly code: string | null
  readonly params: Readonly<Record<string, unknown>>
}
