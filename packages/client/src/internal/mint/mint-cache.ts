import { LRUCache } from 'lru-cache'
import { ClientError } from '../../client-error.ts'
import { inTime } from '../base/in-time.ts'
import { nextAttempt, renewalOf } from '../base/lifetime.ts'
import type { Runtime } from '../base/runtime.ts'
import type { ProvenCapability } from './prove-capability.ts'

const REFUSAL_SECONDS = 1
const MAX_REFUSALS = 1000

interface Held {
  readonly capability: ProvenCapability
  renewAt: number
}

interface Refusal {
  readonly at: number
  readonly error: ClientError
}

type Mint = () => Promise<ProvenCapability>

/** A capability, and whether it was there before it was asked for. */
export interface Handed {
  readonly capability: ProvenCapability
  readonly remembered: boolean
}

/** Remembers capabilities by key, each until it is nearly over, and refusals for a second. */
export class MintCache {
  readonly #minimumLife: number
  readonly #runtime: Runtime
  readonly #held: LRUCache<string, Held>
  readonly #refusals = new LRUCache<string, Refusal>({ max: MAX_REFUSALS })
  readonly #flights = new Map<string, Promise<ProvenCapability>>()

  constructor(max: number, minimumLife: number, runtime: Runtime) {
    this.#held = new LRUCache({ max })
    this.#minimumLife = minimumLife
    this.#runtime = runtime
  }

  async get(key: string, mint: Mint): Promise<Handed> {
    const held = this.#fresh(key)
    if (held !== undefined) {
      if (this.#runtime.now() >= held.renewAt) this.#renew(key, held, mint)
      return { capability: held.capability, remembered: true }
    }
    this.#assertNotRefused(key)
    const shared = this.#flights.get(key)
    if (shared === undefined) return { capability: await this.#mint(key, mint), remembered: false }
    const capability = await inTime(shared, this.#runtime.timeoutMs, () => this.#land(key, shared))
    // The one use of it is that of whoever asked first.
    return { capability: capability.singleUse ? await mint() : capability, remembered: false }
  }

  /** Forgets a capability that is not good any more. Another one under its key stays. */
  forget(key: string, token: string): void {
    if (this.#held.peek(key)?.capability.token === token) this.#held.delete(key)
  }

  clear(): void {
    this.#held.clear()
    this.#refusals.clear()
  }

  #fresh(key: string): Held | undefined {
    const held = this.#held.get(key)
    if (held === undefined) return undefined
    if (held.capability.expiresAt - this.#runtime.now() >= this.#minimumLife) return held
    this.#held.delete(key)
    return undefined
  }

  #assertNotRefused(key: string): void {
    const refusal = this.#refusals.get(key)
    if (refusal === undefined) return
    const age = this.#runtime.now() - refusal.at
    // A clock that was set back must not lengthen it.
    if (age >= 0 && age < REFUSAL_SECONDS) throw refusal.error
    this.#refusals.delete(key)
  }

  /** In the background: whoever asks meanwhile gets the one that is held. */
  #renew(key: string, held: Held, mint: Mint): void {
    if (this.#flights.has(key)) return
    this.#mint(key, mint).catch((error: unknown) => {
      // What the policy does not permit any more is not used to its end.
      if (isRefusal(error)) this.forget(key, held.capability.token)
      else held.renewAt = nextAttempt(this.#runtime.now(), this.#runtime.random)
    })
  }

  #mint(key: string, mint: Mint): Promise<ProvenCapability> {
    const flight: Promise<ProvenCapability> = mint()
      .then(
        (capability) => this.#keep(key, capability),
        (error: unknown) => {
          if (isRefusal(error)) this.#refusals.set(key, { at: this.#runtime.now(), error })
          throw error
        },
      )
      .finally(() => this.#land(key, flight))
    this.#flights.set(key, flight)
    return flight
  }

  #land(key: string, flight: Promise<ProvenCapability>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }

  #keep(key: string, capability: ProvenCapability): ProvenCapability {
    const { now, random } = this.#runtime
    if (!capability.singleUse) {
      this.#held.set(key, { capability, renewAt: renewalOf(capability.expiresAt, now(), random) })
    }
    return capability
  }
}

function isRefusal(error: unknown): error is ClientError {
  return error instanceof ClientError && (error.code === 'refused' || error.code === 'unauthenticated')
}
