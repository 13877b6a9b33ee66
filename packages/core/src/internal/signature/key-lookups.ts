import { CapabilityError } from '../base/capability-error.ts'
import type { Clock } from '../base/clock.ts'
import type { KeyResolver } from './root-key-source.ts'

/**
 * Seconds for which an id that the resolver does not know is not asked about again; so much later a new key is known at the
 * latest.
 */
const MISS_LIFE = 1
const MAX_MISSES = 1024
/** Ids that had a key when they were last asked about. */
const MAX_KNOWN = 64
const MAX_UNDER_WAY = 64

type RootKeyId = number | undefined

/**
 * The look-ups of one resolver. Whoever sends a token chooses the root key id, so what an unknown id costs is bounded: misses
 * are remembered for a moment, those who ask for one id at a time wait for one look-up, and only so many look-ups are under
 * way.
 *
 * A key is never remembered, so a retired one refuses at once: each token is answered by a look-up that was begun after it came.
 */
class KeyLookups {
  readonly #resolver: KeyResolver
  readonly #known = new Set<RootKeyId>()
  /** When each was missed, the oldest first. */
  readonly #misses = new Map<RootKeyId, number>()
  /** Of ids that are not known. */
  readonly #underWay = new Map<RootKeyId, Promise<string | undefined>>()

  constructor(resolver: KeyResolver) {
    this.#resolver = resolver
  }

  /** Errors: `unavailable` when the resolver fails, and for an unknown id while too many are looked up. */
  async find(id: RootKeyId, now: Clock): Promise<string | undefined> {
    if (!this.#known.has(id)) {
      if (this.#isMissed(id, now)) return undefined
      const earlier = this.#underWay.get(id)
      if (earlier === undefined) return this.#findUnknown(id, now)
      // That there is no key is good for all who wait; a key may have been retired since.
      if ((await earlier) === undefined) return undefined
    }
    return this.#ask(id, now)
  }

  async #findUnknown(id: RootKeyId, now: Clock): Promise<string | undefined> {
    if (this.#underWay.size >= MAX_UNDER_WAY) {
      const cause = new Error(`keys: ${MAX_UNDER_WAY} unknown root key ids are being looked up`)
      throw new CapabilityError('unavailable', { proven: false, cause })
    }
    const lookup = this.#ask(id, now)
    this.#underWay.set(id, lookup)
    try {
      return await lookup
    } finally {
      this.#underWay.delete(id)
    }
  }

  async #ask(id: RootKeyId, now: Clock): Promise<string | undefined> {
    let key: string | undefined
    try {
      key = await this.#resolver(id)
    } catch (cause) {
      throw new CapabilityError('unavailable', { proven: false, cause })
    }
    this.#known.delete(id)
    this.#misses.delete(id)
    if (key === undefined) keepLatest(this.#misses.set(id, secondsOf(now)), MAX_MISSES)
    else keepLatest(this.#known.add(id), MAX_KNOWN)
    return key
  }

  /** A clock that went back, or tells no time, forgets. */
  #isMissed(id: RootKeyId, now: Clock): boolean {
    const missed = this.#misses.get(id)
    if (missed === undefined) return false
    const age = secondsOf(now) - missed
    return age >= 0 && age < MISS_LIFE
  }
}

/** Takes the oldest entry away where there is one too many. */
function keepLatest(entries: Set<RootKeyId> | Map<RootKeyId, unknown>, most: number): void {
  if (entries.size <= most) return
  const [oldest] = entries.keys()
  entries.delete(oldest)
}

function secondsOf(now: Clock): number {
  try {
    return now()
  } catch {
    return Number.NaN
  }
}

const LOOKUPS = new WeakMap<KeyResolver, KeyLookups>()

/** The look-ups of a resolver, shared by all verifiers that use it. */
export function lookupsOf(resolver: KeyResolver): KeyLookups {
  const lookups = LOOKUPS.get(resolver) ?? new KeyLookups(resolver)
  LOOKUPS.set(resolver, lookups)
  return lookups
}
