import type { CallCapability, CallInit } from '../../client.ts'
import { checkMembers, readSeconds } from '../base/check.ts'
import { type CapabilityQuestion, readRequest } from '../mint/read-request.ts'

const CAPABILITY = {
  target: true,
  operation: true,
  designations: true,
  mintedFor: true,
  anchor: true,
  expiresIn: true,
} satisfies Record<keyof CallCapability, true>

/** One call of a service, checked. */
export interface Call {
  /** What the authority is asked for. */
  readonly question: CapabilityQuestion
  /** What of it is sent. */
  readonly narrowing: { readonly designations?: Readonly<Record<string, string>>; readonly expiresIn: number }
  readonly url: URL
  readonly input: string | URL | Request
  readonly init: RequestInit
  readonly headers: Headers
  /** The caller's own: it ends the call when it is aborted. */
  readonly signals: readonly AbortSignal[]
  /** Milliseconds. `undefined`: for ever. */
  readonly timeoutMs: number | undefined
  /** Whether the same request can be sent twice. */
  readonly repeatable: boolean
}

export function readCall(
  input: string | URL | Request,
  init: CallInit,
  timeoutMs: number,
  services: ReadonlyMap<string, string> | undefined,
): Call {
  if (typeof init !== 'object' || init === null) throw new TypeError('init: must be an object')
  const { capability, timeout, ...rest } = init
  if ('redirect' in rest) throw new TypeError('redirect: is no option, because a capability never follows one')
  checkMembers('capability', capability, CAPABILITY)
  const { target, operation, anchor, designations, mintedFor } = capability
  const question = readRequest({ target, operation, anchor, designations: mintedFor })
  const narrowed = readRequest({ target, operation, designations }).designations
  const request = input instanceof Request ? input : undefined
  const url = readTarget(request?.url ?? input)
  assertOrigin(url, anchor, services)

  const headers = new Headers(rest.headers ?? request?.headers)
  if (headers.has('authorization')) throw new TypeError('headers: must not have authorization, which is the capability')
  const body = rest.body ?? request?.body ?? undefined
  return {
    question,
    narrowing: {
      expiresIn: readSeconds('capability.expiresIn', capability.expiresIn, '10s'),
      ...(narrowed.length > 0 && { designations: Object.fromEntries(narrowed) }),
    },
    url,
    input: request ?? url,
    init: rest,
    headers,
    signals: [rest.signal, request?.signal].filter((signal) => signal !== undefined && signal !== null),
    timeoutMs:
      timeout === null ? undefined : timeout === undefined ? timeoutMs : readSeconds('timeout', timeout, 1) * 1000,
    repeatable: body === undefined || !isStream(body),
  }
}

function readTarget(input: unknown): URL {
  const text = input instanceof URL ? input.href : input
  if (typeof text !== 'string' || !URL.canParse(text)) throw new TypeError('input: must be a whole URL')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('input: must be https: or http:')
  if (url.username !== '' || url.password !== '') throw new TypeError('input: must not have credentials')
  return url
}

/** A URL may come from outside, and then it could lead a capability to somebody who may use it. */
function assertOrigin(url: URL, anchor: string | undefined, services: ReadonlyMap<string, string> | undefined): void {
  if (services === undefined) return
  const origin = anchor === undefined ? undefined : services.get(anchor)
  if (origin === undefined) throw new TypeError('capability.anchor: must be one of those that services names')
  if (origin !== url.origin) throw new TypeError('input: is at another origin than the service of this anchor')
}

function isStream(body: unknown): boolean {
  return !(
    typeof body === 'string' ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof URLSearchParams
  )
}
