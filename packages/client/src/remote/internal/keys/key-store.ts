import { ClientError } from '../../../client-error.ts'
import { Flight } from '../flight.ts'
import { getJson } from '../get-json.ts'
import { readSnapshot } from '../read-snapshot.ts'
import { badAnswer, type RemoteRuntime, reasonOf } from '../remote-runtime.ts'
import { SnapshotWriter } from '../snapshot-writer.ts'
import { type KeyRecord, readKeysDocument } from './keys-document.ts'
import { type TrustedKeys, trustKeys } from './trust-keys.ts'

const PATH = '.well-known/writ'
const MAX_BYTES = 256 * 1024

export interface KeyStoreSettings {
  readonly pinned: ReadonlySet<string>
  readonly refreshMs: number
  readonly cooldownMs: number
  readonly maxStaleMs: number
}

/** When a document was fetched, by both clocks. */
interface Fetched {
  readonly at: number
  readonly monotonic: number
}

/** What is kept of the keys, in a file or in the snapshot of revocations. It proves itself from the keys that are pinned. */
export interface SavedKeys {
  readonly keys: readonly KeyRecord[]
  readonly chain: readonly KeyRecord[]
  /** Unix seconds. */
  readonly fetchedAt: number
}

/** The keys of an authority, as this process knows them. */
export class KeyStore {
  readonly settings: KeyStoreSettings
  readonly #runtime: RemoteRuntime
  readonly #flight: Flight
  readonly #writer: SnapshotWriter
  readonly #loaded: Promise<void>
  #trusted: TrustedKeys | undefined
  #published: readonly KeyRecord[] = []
  #fetched: Fetched | undefined
  #attemptedAt = Number.NEGATIVE_INFINITY
  #failure: unknown

  constructor(runtime: RemoteRuntime, settings: KeyStoreSettings) {
    this.#runtime = runtime
    this.settings = settings
    this.#flight = new Flight(() => this.#refresh(), runtime.timeoutMs)
    this.#writer = new SnapshotWriter(runtime, () => JSON.stringify({ version: 1, ...this.save() }))
    this.#loaded =
      runtime.snapshot === undefined
        ? Promise.resolve()
        : readSnapshot(runtime, async (value) => {
            if ((value as { version?: unknown } | null)?.version !== 1) throw badAnswer('it is of another version')
            await this.adopt(value)
          })
  }

  get failure(): unknown {
    return this.#failure
  }

  /** Resolves once the snapshot has been looked at. */
  get loaded(): Promise<void> {
    return this.#loaded
  }

  get isUsable(): boolean {
    return this.#trusted !== undefined && this.ageMs <= this.settings.maxStaleMs
  }

  /** How old the document is, by the clock that says more. */
  get ageMs(): number {
    if (this.#fetched === undefined) return Number.POSITIVE_INFINITY
    const { now, monotonic } = this.#runtime
    return Math.max(now() * 1000 - this.#fetched.at * 1000, monotonic() - this.#fetched.monotonic)
  }

  get rootKeyIds(): readonly number[] {
    return [...(this.#trusted?.roots.keys() ?? [])]
  }

  /** What is known without waiting. */
  known(purpose: 'roots' | 'feeds', id: number | undefined): string | undefined {
    return id !== undefined && this.isUsable ? this.#trusted?.[purpose].get(id) : undefined
  }

  /**
   * Finds a key, and asks the authority about one that is unknown, once in a cooldown.
   *
   * @returns `undefined` if the authority has no such key.
   * @throws `ClientError` `unavailable` if that is not known.
   */
  async find(purpose: 'roots' | 'feeds', id: number | undefined): Promise<string | undefined> {
    await this.#loaded
    const known = this.known(purpose, id)
    if (known !== undefined && !this.mustAsk) return known
    if (this.#flight.isUnderWay || this.#runtime.monotonic() - this.#attemptedAt >= this.settings.cooldownMs) {
      await this.#flight.join().catch(() => undefined)
    }
    const found = this.known(purpose, id)
    if (found === undefined && (!this.isUsable || this.#failure !== undefined)) throw this.unavailable()
    return found
  }

  /** Fetches the document now. */
  refresh(): Promise<void> {
    return this.#flight.join()
  }

  unavailable(): ClientError {
    const why = this.#failure === undefined ? 'they were never fetched' : reasonOf(this.#failure)
    const cause = new Error(`the keys of the authority are not known, or too old: ${why}`, { cause: this.#failure })
    return new ClientError('unavailable', { cause })
  }

  save(): SavedKeys | undefined {
    if (this.#trusted === undefined || this.#fetched === undefined) return undefined
    return { keys: this.#published, chain: this.#trusted.chain, fetchedAt: this.#fetched.at }
  }

  /**
   * Takes over what was saved, unless something newer is known.
   *
   * @throws `ClientError` `bad_answer` for what does not prove itself.
   */
  async adopt(saved: unknown): Promise<void> {
    const { keys, chain, fetchedAt } = (saved ?? {}) as Partial<Record<keyof SavedKeys, unknown>>
    if (typeof fetchedAt !== 'number' || !Number.isFinite(fetchedAt)) throw badAnswer('it is not of the known form')
    const published = readKeysDocument({ keys })
    // A chain may be longer than a document, but is read like one.
    const earlier = (Array.isArray(chain) ? chain : []).flatMap((key) => readKeysDocument({ keys: [key] }))
    const trusted = await trustKeys(published, earlier, this.settings.pinned)
    if (this.#fetched !== undefined && this.#fetched.at >= fetchedAt) return
    // A time to come would make it fresh for longer.
    const at = Math.min(fetchedAt, this.#runtime.now())
    this.#take(published, trusted, { at, monotonic: this.#runtime.monotonic() })
  }

  close(): Promise<void> {
    return this.#writer.close()
  }

  /** Without timers, somebody who asks sees to it that the keys are fresh. */
  get mustAsk(): boolean {
    return !this.#runtime.background && this.ageMs > this.settings.refreshMs
  }

  async #refresh(): Promise<void> {
    await this.#loaded
    const { now, monotonic, warn } = this.#runtime
    const fetched = { at: now(), monotonic: monotonic() }
    this.#attemptedAt = fetched.monotonic
    try {
      const published = readKeysDocument(await getJson(PATH, MAX_BYTES, this.#runtime))
      const trusted = await trustKeys(published, this.#trusted?.chain ?? [], this.settings.pinned)
      this.#failure = undefined
      this.#take(published, trusted, fetched)
      this.#writer.changed()
    } catch (error) {
      if (this.#failure === undefined) {
        warn(new Error(`the keys of the authority cannot be fetched: ${reasonOf(error)}`, { cause: error }))
      }
      this.#failure = error
      throw error
    }
  }

  #take(published: readonly KeyRecord[], trusted: TrustedKeys, fetched: Fetched): void {
    this.#published = published
    this.#trusted = trusted
    this.#fetched = fetched
  }
}
