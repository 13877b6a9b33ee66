import { type Duration, parseDuration } from '@writ/core/verify'
import { ClientError } from '../../client-error.ts'
import { checkFunction } from '../../internal/base/check.ts'
import { readUrl } from '../../internal/base/read-url.ts'
import { systemRuntime } from '../../internal/base/runtime.ts'
import type { Snapshot } from '../snapshot.ts'

/** The options that `remoteKeys` and `remoteRevocations` share. */
export interface RemoteOptions {
  /** How long one request may take, its body included. Default `'5s'`. */
  readonly timeout?: Duration | undefined
  /** Where the last good state outlives a restart. Default: nowhere. */
  readonly snapshot?: Snapshot | undefined
  /**
   * Whether timers and a stream keep the state fresh between requests. `false` for platforms where nothing runs between
   * requests, such as Workers: then a verification that finds the state old asks the authority first. Default `true`.
   */
  readonly background?: boolean | undefined
  /** Hears once of each trouble: the authority does not answer, an answer is forged, a snapshot is corrupt. Default: `console.warn`. */
  readonly onWarning?: ((warning: Error) => void) | undefined
  /** Takes a URL that begins with `http:`, although whoever is in between can withhold what is new. Default `false`. */
  readonly allowInsecure?: boolean | undefined
  /** Default: the platform's. */
  readonly fetch?: typeof fetch | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
  /** A clock in milliseconds that nobody sets. Default: `performance.now`. */
  readonly monotonic?: (() => number) | undefined
}

export const REMOTE_OPTIONS: Readonly<Record<keyof RemoteOptions, true>> = {
  timeout: true,
  snapshot: true,
  background: true,
  onWarning: true,
  allowInsecure: true,
  fetch: true,
  now: true,
  monotonic: true,
}

/** These options with their defaults. */
export interface RemoteRuntime {
  readonly url: URL
  readonly fetch: typeof fetch
  readonly timeoutMs: number
  readonly snapshot: Snapshot | undefined
  readonly background: boolean
  readonly now: () => number
  readonly monotonic: () => number
  readonly random: () => number
  /** Rejects as soon as the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly warn: (warning: Error) => void
}

const MAX_TIMEOUT_SECONDS = 600

/**
 * Checks the shared options.
 *
 * @throws `TypeError` that starts with the name of the option.
 */
export function readRemoteOptions(url: string | URL, options: RemoteOptions): RemoteRuntime {
  const { snapshot, background = true, onWarning, allowInsecure = false } = options
  for (const name of ['onWarning', 'fetch', 'now', 'monotonic'] as const) checkFunction(name, options[name])
  if (typeof background !== 'boolean') throw new TypeError('background: must be true or false')
  if (typeof allowInsecure !== 'boolean') throw new TypeError('allowInsecure: must be true or false')
  if (snapshot !== undefined && (typeof snapshot?.read !== 'function' || typeof snapshot.write !== 'function')) {
    throw new TypeError('snapshot: must have the functions read and write')
  }
  const seconds = parseDuration('timeout', options.timeout ?? '5s')
  if (seconds > MAX_TIMEOUT_SECONDS) throw new TypeError(`timeout: must be at most ${MAX_TIMEOUT_SECONDS} seconds`)
  const { fetch, now, random, wait, timeoutMs } = systemRuntime(options, seconds * 1000)
  return {
    url: readUrl(String(url), allowInsecure),
    fetch,
    timeoutMs,
    snapshot,
    background,
    now,
    monotonic: options.monotonic ?? (() => performance.now()),
    random,
    wait,
    warn: onWarning ?? ((warning) => console.warn(`writ: ${warning.message}`)),
  }
}

/** A length of time in milliseconds. `Infinity` is for ever. */
export function readMilliseconds(name: string, value: Duration | undefined, otherwise: Duration): number {
  return value === Number.POSITIVE_INFINITY ? value : parseDuration(name, value ?? otherwise) * 1000
}

/** An answer that no honest authority gives. */
export function badAnswer(message: string, cause?: unknown): ClientError {
  return new ClientError('bad_answer', { cause: new Error(message, { cause }) })
}

/** The sentence that says what is wrong, without what the authority sent. */
export function reasonOf(error: unknown): string {
  if (error instanceof ClientError && error.cause instanceof Error) return error.cause.message
  return error instanceof Error ? error.message : 'unknown'
}
