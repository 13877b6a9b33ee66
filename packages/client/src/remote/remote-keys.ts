import type { Duration } from '@writ/core/verify'
import { checkMembers } from '../internal/base/check.ts'
import { keepTrying } from './internal/keep-trying.ts'
import { KeyStore } from './internal/keys/key-store.ts'
import { setKeyStore } from './internal/keys/key-stores.ts'
import { isPublicKey } from './internal/keys/keys-document.ts'
import {
  REMOTE_OPTIONS,
  type RemoteOptions,
  type RemoteRuntime,
  readMilliseconds,
  readRemoteOptions,
  reasonOf,
} from './internal/remote-runtime.ts'

/** The options of {@link remoteKeys}. */
export interface RemoteKeysOptions extends RemoteOptions {
  /**
   * The root keys that are known beforehand: `ed25519/<hex>` or `secp256r1/<hex>`. Other keys are accepted if one that
   * is trusted has certified them. One is enough; after it was retired, a new process without a snapshot needs a newer one.
   */
  readonly pinned: string | readonly string[]
  /** How often the keys are fetched. Default `'60s'`. */
  readonly refresh?: Duration | undefined
  /** The sender of a token chooses its key id: for unknown ids the keys are fetched at most once in this time. Default `'5s'`. */
  readonly cooldown?: Duration | undefined
  /** How old the keys may be while the authority does not answer. `Infinity`: for ever. Default `'24h'`. */
  readonly maxStale?: Duration | undefined
}

/** What is known about the keys. */
export interface RemoteKeysStatus {
  /** Whether tokens can be verified. */
  readonly ready: boolean
  readonly rootKeyIds: readonly number[]
  /** The age of the keys in milliseconds; `Infinity` if there are none. */
  readonly ageMs: number
  /** Why the last attempt failed, if it did. */
  readonly failure: string | undefined
}

/** The root keys of an authority: the option `keys` of every verifier. */
export interface RemoteKeys {
  /** The key of an id, at once if it is known. Throws or rejects with a `ClientError` `unavailable` if that cannot be told. */
  (rootKeyId: number | undefined): string | undefined | Promise<string | undefined>
  /** Resolves once there are keys; rejects with a `ClientError` if the first attempt fails and there is no snapshot. */
  ready(): Promise<void>
  /** Fetches the keys now. Rejects with a `ClientError`; the keys that are known stay. */
  refresh(): Promise<void>
  status(): RemoteKeysStatus
  /** Stops fetching, and finishes what it writes. */
  close(): Promise<void>
}

const OPTIONS = {
  ...REMOTE_OPTIONS,
  pinned: true,
  refresh: true,
  cooldown: true,
  maxStale: true,
} satisfies Record<keyof RemoteKeysOptions, true>
const MAX_PINNED = 16

/**
 * The root keys of an authority for verifiers, kept fresh from `/.well-known/writ`. A key is accepted if it is pinned, or if a
 * root key that is trusted has certified it: whoever answers in place of the authority can withhold keys, and add none.
 *
 * @param url - The authority. `https:`, or a loopback address.
 * @param options - See {@link RemoteKeysOptions}; `pinned` is required.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { remoteKeys } from '@writ/client'
 * import { createVerifier } from '@writ/core'
 *
 * const keys = remoteKeys('https://authority.example', { pinned: process.env['WRIT_ROOT_KEY'] ?? '' })
 * const verifier = createVerifier({ keys, anchor: 'service:billing' })
 * ```
 */
export function remoteKeys(url: string | URL, options: RemoteKeysOptions): RemoteKeys {
  checkMembers('options', options, OPTIONS)
  const runtime = readRemoteOptions(url, options)
  const store = new KeyStore(runtime, {
    pinned: readPinned(options.pinned),
    refreshMs: readMilliseconds('refresh', options.refresh, '60s'),
    cooldownMs: readMilliseconds('cooldown', options.cooldown, '5s'),
    maxStaleMs: readMilliseconds('maxStale', options.maxStale, '24h'),
  })
  return start(store, runtime)
}

function readPinned(given: unknown): ReadonlySet<string> {
  const list = typeof given === 'string' ? [given] : given
  if (!Array.isArray(list) || list.length < 1 || list.length > MAX_PINNED || !list.every(isPublicKey))
    throw new TypeError(`pinned: must be 1 to ${MAX_PINNED} public keys, as ed25519/<hex> or secp256r1/<hex>`)
  return new Set(list)
}

function start(store: KeyStore, runtime: RemoteRuntime): RemoteKeys {
  const ending = new AbortController()
  const first = store.refresh().catch((error: unknown) => {
    if (!store.isUsable) throw error
  })
  // Whoever does not wait hears of it from a verification.
  first.catch(() => undefined)
  if (runtime.background) {
    const { refreshMs } = store.settings
    void keepTrying(() => store.refresh(), { pauseMs: refreshMs, maxPauseMs: refreshMs }, runtime, ending.signal)
  }
  const keys = Object.freeze(
    Object.assign(
      (rootKeyId: number | undefined) => {
        const known = store.mustAsk ? undefined : store.known('roots', rootKeyId)
        return known ?? store.find('roots', rootKeyId)
      },
      {
        ready: () => first,
        refresh: () => store.refresh(),
        status: (): RemoteKeysStatus => ({
          ready: store.isUsable,
          rootKeyIds: store.rootKeyIds,
          ageMs: store.ageMs,
          failure: store.failure === undefined ? undefined : reasonOf(store.failure),
        }),
        async close() {
          ending.abort()
          await store.close()
        },
      },
    ),
  )
  setKeyStore(keys, store)
  return keys
}
