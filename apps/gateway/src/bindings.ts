import { createVerifier } from '@writ/core/verify'
import { check, getDotPath, object, optional, pipe, safeParse, string } from 'valibot'

/** The environment of the gateway: bindings in workerd, `process.env` on Node. */
export interface Bindings {
  readonly WRIT_PUBLIC_KEY: string
  readonly ORDERS_URL: string
  /** The gateway's own capabilities for orders, which name no tenant. */
  readonly ORDERS_READ_TOKEN: string
  readonly ORDERS_WRITE_TOKEN: string
  /** Signs the session cookies. */
  readonly SESSION_SECRET: string
}

/** The environment of the app, as Hono's types have it. */
export interface Env {
  Bindings: Bindings
}

const SHORTEST_SECRET = 32

/** What each binding must be. One that is missing is read as an empty text. */
const BINDINGS = object({
  WRIT_PUBLIC_KEY: binding('the public key of the authority', isPublicKey),
  ORDERS_URL: binding('the URL of the orders service', (value) => /^https?:/.test(value)),
  ORDERS_READ_TOKEN: binding('a capability to read orders', isThere),
  ORDERS_WRITE_TOKEN: binding('a capability to write orders', isThere),
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

function isThere(value: string): boolean {
  return value !== ''
}

function isPublicKey(value: string): boolean {
  try {
    createVerifier({ keys: value, anchor: null })
    return true
  } catch {
    return false
  }
}
