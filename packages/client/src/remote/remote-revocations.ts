import type { Duration, RevocationCheck } from '@writ/core/verify'
import { ClientError } from '../client-error.ts'
import { checkMembers } from '../internal/base/check.ts'
import { changesOf } from './internal/feed/changes.ts'
import { FeedState } from './internal/feed/feed-state.ts'
import { catchUp, followStream } from './internal/feed/follow-feed.ts'
import { Flight } from './internal/flight.ts'
import { keepTrying } from './internal/keep-trying.ts'
import type { KeyStore } from './internal/keys/key-store.ts'
import { keyStoreOf } from './internal/keys/key-stores.ts'
import { readSnapshot } from './internal/read-snapshot.ts'
import {
  badAnswer,
  REMOTE_OPTIONS,
  type RemoteOptions,
  type RemoteRuntime,
  readMilliseconds,
  readRemoteOptions,
  reasonOf,
} from './internal/remote-runtime.ts'
import { SnapshotWriter } from './internal/snapshot-writer.ts'
import type { RemoteKeys } from './remote-keys.ts'
import type { RevocationChange } from './revocation-change.ts'

/** The options of {@link remoteRevocations}. */
export interface RemoteRevocationsOptions extends RemoteOptions {
  /** The keys of the same authority, from `remoteKeys`: they vouch for the key that signs the feed. */
  readonly keys: RemoteKeys
  /**
   * How long verifiers go on with what they know while nothing is heard from the authority. After that every token is refused
   * (`unavailable`, 503). `Infinity` is a choice: a revocation is then never known for certain. Default `'30s'`.
   */
  readonly maxStale?: Duration | undefined
}

/** What is known of the feed. */
export interface RemoteRevocationsStatus {
  /** Whether tokens can be verified. */
  readonly ready: boolean
  /** The last entry that is known. */
  readonly sequence: number
  /** How many ids and names are revoked. */
  readonly entries: number
  /** The age of what is known, in milliseconds; `Infinity` if that is nothing. */
  readonly ageMs: number
  /** Why the last attempt failed, if it did. */
  readonly failure: string | undefined
}

/** The revocations of an authority: the option `revocation` of every verifier. */
export interface RemoteRevocations extends RevocationCheck {
  isRevoked(ids: readonly string[]): boolean | Promise<boolean>
  isActorRevoked(name: string): boolean | Promise<boolean>
  /** Resolves once tokens can be verified; rejects with a `ClientError` if the first attempt fails and there is no snapshot. */
  ready(): Promise<void>
  /** Asks the authority now. Rejects with a `ClientError`; what is known stays. */
  refresh(): Promise<void>
  status(): RemoteRevocationsStatus
  /**
   * What is revoked, for those who keep it elsewhere, such as a database: a change with all that is known, and then one each time
   * the authority is heard, which is every five seconds or sooner. Whoever is slow gets several at once. It ends with the signal or
   * with `close`. Without `background` nothing is heard but when somebody asks.
   */
  changes(signal?: AbortSignal): AsyncIterable<RevocationChange>
  /** Stops following the feed, and finishes what it writes. */
  close(): Promise<void>
}

const OPTIONS = { ...REMOTE_OPTIONS, keys: true, maxStale: true } satisfies Record<keyof RemoteRevocationsOptions, true>
const MAX_PAUSE_MS = 5000

/**
 * Follows the revocation feed of an authority, and answers from memory. Each entry is proven by a chain of hashes whose end a
 * key of the authority has signed with the time: whoever is in between can withhold entries no longer than `maxStale`, and
 * can forge none.
 *
 * @param url - The authority. `https:`, or a loopback address.
 * @param options - See {@link RemoteRevocationsOptions}; `keys` is required.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { remoteKeys, remoteRevocations } from '@writ/client'
 * import { createVerifier } from '@writ/core'
 *
 * const authority = 'https://authority.example'
 * const keys = remoteKeys(authority, { pinned: process.env['WRIT_ROOT_KEY'] ?? '' })
 * const revocation = remoteRevocations(authority, { keys, maxStale: '30s' })
 * const verifier = createVerifier({ keys, revocation, anchor: 'service:billing' })
 * ```
 */
export function remoteRevocations(url: string | URL, options: RemoteRevocationsOptions): RemoteRevocations {
  checkMembers('options', options, OPTIONS)
  const keys = keyStoreOf(options.keys)
  if (keys === undefined) throw new TypeError('keys: must be made by remoteKeys')
  const runtime = readRemoteOptions(url, options)
  const feed = new Feed(keys, runtime, readMilliseconds('maxStale', options.maxStale, '30s'))
  return Object.freeze({
    isRevoked: (ids) => feed.answer((revoked) => revoked.hasToken(ids)),
    isActorRevoked: (name) => feed.answer((revoked) => revoked.hasActor(name)),
    ready: () => feed.first,
    refresh: () => feed.refresh(),
    status: () => feed.status(),
    changes: (signal) => feed.changes(signal),
    close: () => feed.close(),
  } satisfies RemoteRevocations)
}

class Feed {
  readonly first: Promise<void>
  readonly #state: FeedState
  readonly #runtime: RemoteRuntime
  readonly #maxStaleMs: number
  readonly #flight: Flight
  readonly #writer: SnapshotWriter
  readonly #loaded: Promise<void>
  readonly #ending = new AbortController()
  #failure: unknown

  constructor(keys: KeyStore, runtime: RemoteRuntime, maxStaleMs: number) {
    this.#runtime = runtime
    this.#maxStaleMs = maxStaleMs
    this.#state = new FeedState(keys, runtime)
    this.#flight = new Flight(() => this.#trying(() => catchUp(this.#state, runtime)), runtime.timeoutMs)
    this.#writer = new SnapshotWriter(runtime, () => {
      const feed = this.#state.save()
      return feed && JSON.stringify({ version: 1, keys: keys.save(), feed })
    })
    this.#loaded = readSnapshot(runtime, async (value) => {
      const saved = (value ?? {}) as Partial<Record<'version' | 'keys' | 'feed', unknown>>
      if (saved.version !== 1) throw badAnswer('it is of another version')
      await keys.adopt(saved.keys)
      await this.#state.adopt(saved.feed)
    })
    this.first = this.refresh().catch((error: unknown) => {
      if (!this.#isFresh) throw error
    })
    // Whoever does not wait hears of it from a verification.
    this.first.catch(() => undefined)
    if (runtime.background) void this.#follow()
  }

  get #isFresh(): boolean {
    return this.#state.ageMs <= this.#maxStaleMs
  }

  /** Answers at once, unless what is known is too old. */
  answer(ask: (revoked: FeedState['revoked']) => boolean): boolean | Promise<boolean> {
    if (this.#isFresh) return ask(this.#state.revoked)
    return this.#answerLater(ask)
  }

  async #answerLater(ask: (revoked: FeedState['revoked']) => boolean): Promise<boolean> {
    await this.#loaded
    // Nothing else asks where there is no background. With one, a verification does not wait for a dead authority.
    if (!this.#isFresh && !this.#runtime.background) await this.refresh().catch(() => undefined)
    if (this.#isFresh) return ask(this.#state.revoked)
    const why = this.#failure === undefined ? 'nothing was heard yet' : reasonOf(this.#failure)
    const cause = new Error(`what is revoked is not known, or too old: ${why}`, { cause: this.#failure })
    throw new ClientError('unavailable', { cause })
  }

  refresh(): Promise<void> {
    return this.#flight.join()
  }

  status(): RemoteRevocationsStatus {
    return {
      ready: this.#isFresh,
      sequence: this.#state.sequence,
      entries: this.#state.revoked.size,
      ageMs: this.#state.ageMs,
      failure: this.#failure === undefined ? undefined : reasonOf(this.#failure),
    }
  }

  changes(signal?: AbortSignal): AsyncIterable<RevocationChange> {
    const { signal: ending } = this.#ending
    return changesOf(this.#state, signal === undefined ? ending : AbortSignal.any([signal, ending]))
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await this.#writer.close()
  }

  /** A stream, and pages before it: whatever was missed in between. */
  async #follow(): Promise<void> {
    await this.first.catch(() => undefined)
    const { signal } = this.#ending
    const act = async () => {
      await this.refresh()
      await this.#trying(() => followStream(this.#state, this.#runtime, signal, () => this.#writer.changed()))
    }
    await keepTrying(act, { pauseMs: 0, maxPauseMs: MAX_PAUSE_MS }, this.#runtime, signal)
  }

  async #trying(act: () => Promise<void>): Promise<void> {
    await this.#loaded
    try {
      await act()
      this.#failure = undefined
      this.#writer.changed()
    } catch (error) {
      if (this.#failure === undefined && !this.#ending.signal.aborted) {
        this.#runtime.warn(new Error(`the revocations cannot be followed: ${reasonOf(error)}`, { cause: error }))
      }
      this.#failure = error
      throw error
    }
  }
}
