import { createVerifier } from '@writ/core/verify'

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

/** What each binding must be, one row per binding. */
const CHECKS: Readonly<Record<keyof Bindings, { what: string; holds: (value: string) => boolean }>> = {
  WRIT_PUBLIC_KEY: { what: 'the public key of the authority', holds: isPublicKey },
  ORDERS_URL: { what: 'the URL of the orders service', holds: (value) => /^https?:/.test(value) },
  ORDERS_READ_TOKEN: { what: 'a capability to read orders', holds: isThere },
  ORDERS_WRITE_TOKEN: { what: 'a capability to write orders', holds: isThere },
  SESSION_SECRET: {
    what: `a secret of ${SHORTEST_SECRET} characters or more`,
    holds: (value) => value.length >= SHORTEST_SECRET,
  },
}

/** Throws a `TypeError` that names the binding which is missing or wrong. It does not show the value, which may be secret. */
export function assertBindings(
  environment: Readonly<Partial<Record<keyof Bindings, unknown>>>,
): asserts environment is Bindings {
  for (const name of Object.keys(CHECKS) as (keyof Bindings)[]) {
    const { what, holds } = CHECKS[name]
    const value = environment[name]
    if (typeof value !== 'string' || !holds(value)) throw new TypeError(`${name}: must be ${what}`)
  }
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
