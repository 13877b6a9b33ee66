import { CapabilityError } from '../base/capability-error.ts'
import type { Clock } from '../base/clock.ts'
import { isPromise, outcomeOf, type Steps } from '../base/steps.ts'
import type { KeyResolver } from './root-key-source.ts'

/**
 * For so many seconds the resolver is not asked again about an id that it does not know. A new key is therefore
 * accepted at most this much later.
 */
const MISS_LIFE = 1
const MAX_MISSES = 1024
/** How many ids are remembered that had a key when the resolver was last asked. */
const MAX_KNOWN = 64
const MAX_UNDER_WAY = 64

type RootKeyId = number | undefined

/**
 * The look-ups of one resolver. The sender of a token chooses the root key id, so the cost of unknown ids is bounded:
 * misses are remembered for a moment, simultaneous requests for one id share a look-up, and the number of look-ups
 * under way is limited.
 *
 * Keys are never remembered, so a retired key is refused at once: the key for a token comes from a look-up that started
 * after the token arrived.
 */
class KeyLookups {
  readonly #resolver: KeyResolver
  readonly #known = new Set<RootKeyId>()
  /** The time of each miss, the oldest first. */
  readonly #misses = new Map<RootKeyId, number>()
  /** The look-ups under way of ids that are not known. */
  readonly #underWay = new Map<RootKeyId, Promise<string | undefined>>()

  constructor(resolver: KeyResolver) {
    this.#resolver = resolver
  }

  /**
   * Finds the key of an id.
   *
   * @throws `CapabilityError`: `unavailable` if the resolver fails, or for an unknown id while too many others are
   *   looked up.
   */
  *find(id: RootKeyId, now: Clock): Steps<string | undefined> {
    if (!this.#known.has(id)) {
      if (this.#isMissed(id, now)) return undefined
      const earlier = this.#underWay.get(id)
      if (earlier === undefined) return yield* this.#findUnknown(id, now)
      // A miss answers all who waited for it. A key does not, because it may have been retired since: the resolver is
      // asked again.
      if ((yield* outcomeOf(earlier)) === undefined) return undefined
    }
    return yield* outcomeOf(this.#ask(id, now))
  }

  *#findUnknown(id: RootKeyId, now: Clock): Steps<string | undefined> {
    if (this.#underWay.size >= MAX_UNDER_WAY) {
      const cause = new Error(`keys: ${MAX_UNDER_WAY} unknown root key ids are being looked up`)
      throw new CapabilityError('unavailable', { proven: false, cause })
    }
    const lookup = this.#ask(id, now)
    if (!isPromise(lookup)) return lookup
    this.#underWay.set(id, lookup)
    try {
      return yield* outcomeOf(lookup)
    } finally {
      this.#underWay.delete(id)
    }
  }

  #ask(id: RootKeyId, now: Clock): string | undefined | Promise<string | undefined> {
    try {
      const answer = this.#resolver(id)
      return isPromise(answer) ? this.#answered(answer, id, now) : this.#remember(answer, id, now)
    } catch (cause) {
      throw new CapabilityError('unavailable', { proven: false, cause })
    }
  }

  async #answered(answer: PromiseLike<string | undefined>, id: RootKeyId, now: Clock): Promise<string | undefined> {
    try {
      return this.#remember(await answer, id, now)
    } catch (cause) {
      throw new CapabilityError('unavailable', { proven: false, cause })
    }
  }

  #remember(key: string | undefined, id: RootKeyId, now: Clock): string | undefined {
    this.#known.delete(id)
    this.#misses.delete(id)
    if (key === undefined) keepLatest(this.#misses.set(id, secondsOf(now)), MAX_MISSES)
    else keepLatest(this.#known.add(id), MAX_KNOWN)
    return key
  }

  /** If the clock went back or returns no time, misses are forgotten. */
  #isMissed(id: RootKeyId, now: Clock): boolean {
    const missed = this.#misses.get(id)
    if (missed === undefined) return false
    const age = secondsOf(now) - missed
    return age >= 0 && age < MISS_LIFE
  }
}

/** Removes the oldest entry if there is one too many. */
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
