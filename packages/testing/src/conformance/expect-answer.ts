import assert from 'node:assert/strict'
import { ANSWERS, type AnsweredCode, DEMANDING, MAY_DEMAND } from './answers.ts'
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
  /** What exactly the answer says that the route demands, or `false` for nothing. Default: by the code, and whatever it is. */
  readonly required?: object | false
  /** The last part of the challenge. Default: none. */
  readonly resourceMetadata?: string
  /** The scope in the challenge to a caller without a proven token. Default: none. */
  readonly scope?: string
}

/** Asserts that a response is the guard's refusal with that code, byte for byte. */
export function expectRefusal(response: RawResponse, code: AnsweredCode, options: AnswerOptions = {}): void {
  const { invalidToken = false, retryAfter = 5, head = false } = options
  const [usual, title] = ANSWERS[code]
  const status = invalidToken ? 401 : usual
  const required = requiredBy(response, code, options)
  const said = required === undefined ? '' : `,"required":${JSON.stringify(required)}`
  const body = `{"type":"urn:writ:problem:${code}","title":"${title}","status":${status},"code":"${code}"${said}}`
  const expected = {
    status,
    'content-type': ['application/problem+json; charset=utf-8'],
    'cache-control': ['no-store'],
    'www-authenticate': status === 401 || status === 403 ? [challenge(status, required, options)] : [],
    'retry-after': status === 503 ? [String(retryAfter)] : [],
    etag: [],
    body: head ? '' : body,
  }
  const actual = Object.fromEntries(Object.keys(expected).map((name) => [name, response.header(name)]))
  assert.deepEqual({ ...actual, status: response.status, body: response.body }, expected)
  for (const secret of SECRETS) assert.ok(!response.text.includes(secret), `a refusal says ${secret}`)
}

interface Required {
  readonly resource: string
  readonly operation: string
  readonly designations: readonly string[]
  readonly anchor?: string
}

/** What the answer says that the route demands, if it may say so. Whether it must say so is up to the code. */
function requiredBy({ body, header }: RawResponse, code: AnsweredCode, options: AnswerOptions): Required | undefined {
  const { required: wanted, head = false } = options
  if (wanted !== undefined) return (wanted || undefined) as Required | undefined
  if (!DEMANDING.includes(code) && !MAY_DEMAND.includes(code)) return undefined
  // A body that is not sent cannot say it, but the challenge can.
  const [, resource, operation] = /scope="([^":]*):([^":]*)"/.exec(header('www-authenticate').join()) ?? []
  if (head) return { resource, operation } as Required
  assert.match(body, /^\{.*\}$/, 'the body is not an object')
  const { required } = JSON.parse(body) as { required?: Required }
  if (required === undefined && MAY_DEMAND.includes(code)) return undefined
  const {
    resource: first,
    operation: second,
    designations,
    anchor,
  } = required ?? assert.fail(`${code} demands nothing`)
  const texts = [first, second, ...designations, ...(anchor === undefined ? [] : [anchor])]
  assert.ok(
    texts.every((text) => typeof text === 'string'),
    body,
  )
  // In this order, and nothing else.
  return { resource: first, operation: second, designations, ...(anchor !== undefined && { anchor }) }
}

function challenge(status: 401 | 403, required: Required | undefined, options: AnswerOptions): string {
  const { realm = 'writ', invalidToken, resourceMetadata } = options
  const scope = required ? `${required.resource}:${required.operation}` : options.scope
  const error = status === 403 ? ', error="insufficient_scope"' : invalidToken ? ', error="invalid_token"' : ''
  const metadata = resourceMetadata === undefined ? '' : `, resource_metadata="${resourceMetadata}"`
  return `Bearer realm="${realm}"${error}${scope === undefined ? '' : `, scope="${scope}"`}${metadata}`
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
