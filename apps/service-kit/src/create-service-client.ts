import { attenuate } from '@writ/core/hold'
import { Problem } from './problem.ts'

export interface ServiceClientOptions {
  /** The service that is called, as problem answers name it: `'inventory'`. */
  readonly service: string
  readonly url: string
  /** The caller's own capability for that service, which names no object yet. */
  readonly token: string
  /** The authority's public key. */
  readonly publicKey: string
  /** How long an answer may take, its body included. Default 2000. */
  readonly timeoutMs?: number | undefined
  /** The clock of the narrowed capabilities, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

export interface ServiceCall {
  readonly method: 'GET' | 'PUT'
  /** Written with {@link path}. */
  readonly path: string
  /** The one object that the capability is narrowed to: what was proven, or what a session holds, never a caller's word. */
  readonly designations: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Refusals that are about the object and not about the services: answered with the same status. Default: none. */
  readonly passes?: readonly number[]
}

/**
 * The parsed JSON of a successful answer. Throws a {@link Problem} that names the service: 504 for one that hangs, else
 * 502.
 */
export type ServiceClient = (call: ServiceCall) => Promise<unknown>

/** How long a capability that is stolen from a call can be used. */
const CALL_SECONDS = 10
const TIMEOUT_MS = 2000

/**
 * A client of another service that holds a capability of its own for it. Each call presents that capability narrowed to
 * one object and to ten seconds; it cannot be given the credential of another caller.
 */
export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { service, url, token, publicKey, now, timeoutMs = TIMEOUT_MS } = options

  return async ({ method, path, designations, body, passes = [] }) => {
    try {
      const narrow = await attenuate(token, publicKey, { designations, expiresIn: CALL_SECONDS, now })
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${narrow}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A capability is for one service: it does not follow where an answer points to.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (response.ok) return await response.json()
      // Its body stays here: it is for this service, and might say more than the caller may know.
      await response.body?.cancel()
      const status = passes.includes(response.status) ? response.status : 502
      throw new Problem(status, `${service} answered ${response.status}`)
    } catch (cause) {
      if (cause instanceof Problem) throw cause
      const hangs = cause instanceof Error && cause.name === 'TimeoutError'
      throw hangs
        ? new Problem(504, `${service} did not answer in time`, { cause })
        : new Problem(502, `${service} could not be called`, { cause })
    }
  }
}
