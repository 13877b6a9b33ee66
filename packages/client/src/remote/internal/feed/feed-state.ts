import type { RevocationChange } from '../../revocation-change.ts'
import type { KeyStore } from '../keys/key-store.ts'
import { badAnswer, type RemoteRuntime } from '../remote-runtime.ts'
import { assertSigned, type FeedPlace, placeAfter, START } from './feed-chain.ts'
import { type FeedEntry, type FeedHead, readEntry, readHead } from './feed-document.ts'
import { Revoked } from './revoked.ts'

/** More than any authority has in a day; what is beyond that is not kept, and then nothing is known. */
const MAX_ENTRIES = 2_000_000

/** What is kept of a feed. It proves itself: the entries by their chain, and its end by the signed head. */
export interface SavedFeed {
  readonly base: FeedPlace
  readonly entries: readonly FeedEntry[]
  readonly head: FeedHead
}

/** The feed, as far as this process has proven it. */
export class FeedState {
  readonly #keys: KeyStore
  readonly #runtime: RemoteRuntime
  readonly revoked: Revoked = new Revoked()
  #base: FeedPlace = START
  #place: FeedPlace = START
  #entries: FeedEntry[] = []
  /** Entries that came, and whose end no head has signed yet. */
  #pending: FeedEntry[] = []
  #head: FeedHead | undefined
  #heardAt = Number.NEGATIVE_INFINITY
  /** Heads are taken one after the other: each is compared with the one before. */
  #taking: Promise<unknown> = Promise.resolve()
  #next = Promise.withResolvers<void>()

  constructor(keys: KeyStore, runtime: RemoteRuntime) {
    this.#keys = keys
    this.#runtime = runtime
  }

  /** The last entry that is proven. */
  get sequence(): number {
    return this.#place.sequence
  }

  /** The last entry that has come. */
  get cursor(): number {
    return this.#pending.at(-1)?.sequence ?? this.#place.sequence
  }

  /** How old the last head is, by the clock that says more. */
  get ageMs(): number {
    if (this.#head === undefined) return Number.POSITIVE_INFINITY
    const { now, monotonic } = this.#runtime
    return Math.max(now() * 1000 - this.#head.timeMs, monotonic() - this.#heardAt)
  }

  /** Resolves when the next head is taken. */
  get next(): Promise<void> {
    return this.#next.promise
  }

  /** What is proven after an entry; `undefined` before the first head. */
  changeAfter(sequence: number): RevocationChange | undefined {
    if (this.#head === undefined) return undefined
    // Before the base, everything has expired.
    const entries = this.#entries.slice(Math.max(0, sequence - this.#base.sequence))
    return {
      entries: entries.map(({ type, value, expiresAt }) => ({ type, value, expiresAt })),
      asOf: this.#runtime.now() - this.ageMs / 1000,
    }
  }

  /** Takes an entry. It counts as soon as a head has signed it. */
  add(entry: FeedEntry): void {
    if (entry.sequence <= this.cursor) return
    if (this.#entries.length + this.#pending.length >= MAX_ENTRIES) throw badAnswer('the feed is too long')
    this.#pending.push(entry)
  }

  /** Forgets entries that no head has signed. */
  dropPending(): void {
    this.#pending = []
  }

  /**
   * Takes a head, and with it the entries before it.
   *
   * @throws `ClientError` `bad_answer` for a head that nobody has signed, that is older than the last one, or that is not the
   *   end of the entries. Then nothing changes.
   */
  takeHead(head: FeedHead): Promise<void> {
    const taken = this.#taking.then(() => this.#take(head))
    this.#taking = taken.catch(() => undefined)
    return taken
  }

  async #take(head: FeedHead): Promise<void> {
    const heardAt = this.#runtime.monotonic()
    await assertSigned(head, this.#keys)
    const last = this.#head
    if (last !== undefined && (head.sequence < last.sequence || head.timeMs < last.timeMs))
      throw badAnswer('the feed went back: an old head is sent again, or the authority has lost entries')
    const skips = this.#place.sequence < head.baseSequence
    // What is left out has expired.
    const start = skips ? { sequence: head.baseSequence, hash: head.baseHash } : this.#place
    const fresh = this.#pending.filter(({ sequence }) => sequence > start.sequence && sequence <= head.sequence)
    let place = start
    for (const entry of fresh) place = await placeAfter(place, entry)
    if (place.sequence !== head.sequence || place.hash !== head.hash)
      throw badAnswer('the entries of the feed are not those that its head has signed')
    if (skips) {
      this.#base = start
      this.#entries = []
    }
    this.#place = place
    this.#entries.push(...fresh)
    this.#pending = this.#pending.filter(({ sequence }) => sequence > head.sequence)
    this.#head = head
    this.#heardAt = heardAt
    for (const entry of fresh) this.revoked.add(entry)
    this.revoked.prune(this.#runtime.now())
    this.#next.resolve()
    this.#next = Promise.withResolvers()
  }

  /** What is kept; `undefined` before the first head. */
  save(): SavedFeed | undefined {
    return this.#head && { base: this.#base, entries: this.#entries, head: this.#head }
  }

  /**
   * Takes over what was saved, by another process or an earlier one.
   *
   * @throws `ClientError` `bad_answer` for what does not prove itself.
   */
  async adopt(saved: unknown): Promise<void> {
    const { base, entries, head } = (saved ?? {}) as Partial<Record<keyof SavedFeed, unknown>>
    const { sequence, hash } = (base ?? {}) as Partial<Record<keyof FeedPlace, unknown>>
    if (typeof sequence !== 'number' || typeof hash !== 'string' || !Array.isArray(entries))
      throw badAnswer('it is not of the known form')
    if (this.#head !== undefined) return
    this.#base = this.#place = { sequence, hash }
    try {
      for (const entry of entries) this.add(readEntry(entry))
      await this.takeHead(readHead(head))
    } catch (error) {
      this.#base = this.#place = START
      this.#pending = []
      throw error
    }
  }
}
