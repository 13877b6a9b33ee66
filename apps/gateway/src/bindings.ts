import { createVerifier } from '@writ/core/verify'
import { check, getDotPath, object, optional, pipe, safeParse, string } from 'valibot'

/** The environment of the gateway: bindings in workerd, `process.env` on Node. */
export interface Bindings {
  readonly WRIT_AUTHORITY_URL: string
  /** A root key of the authority, which vouches for others. */
  readonly WRIT_PUBLIC_KEY: string
  /** An enrolment secret of `service:gateway`: good for one identity. */
  readonly WRIT_SECRET: string
  readonly ORDERS_URL: string
  /** Signs the session cookies. */
  readonly SESSION_SECRET: string
  /** A KV namespace. In it the identity outlives an isolate: there are many of them, and one secret. Default: none. */
  readonly STATE?: { get(key: string): Promise<string | null>; put(key: string, value: string): Promise<void> }
}

/** The environment of the app, as Hono's types have it. */
export interface Env {
  Bindings: Bindings
}

const SHORTEST_SECRET = 32

/** What each binding must be. One that is missing is read as an empty text. */
const BINDINGS = object({
  WRIT_AUTHORITY_URL: binding('the URL of the authority', isUrl),
  WRIT_PUBLIC_KEY: binding('the public key of the authority', isPublicKey),
  WRIT_SECRET: binding('an enrolment secret of service:gateway', (value) => value !== ''),
  ORDERS_URL: binding('the URL of the orders service', isUrl),
  SESSION_SECRET: binding(
    `a secret of ${SHORTEST_SECRET} characters or more`,
    (value) => value.length >= SHORTEST_SECRET,
  ),
})

/** Throws a `TypeError` that names the binding which is missing or wrong. It does not show the value, which may be secret. */
export function assertBindings(environment: unknown): asserts environment is Bindings {
  const { success, issues } = safeParse(BINDINGS, environment, { abortEarly: true })
  if (!success) throw new TypeError(`${getDotPath(issues[0])}: ${issues[0].message}`)
}

function binding(what: string, holds: (value: string) => boolean) {
  const message = `must be ${what}`
  return optional(pipe(string(message), check(holds, message)), '')
}

function isUrl(value: string): boolean {
  return /^https?:/.test(value)
}

function isPublicKey(value: string): boolean {
  try {
    createVerifier({ keys: value, anchor: null })
    return true
  } catch {
    return false
  }
}
