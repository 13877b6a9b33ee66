import { ClientError } from '../../client-error.ts'
import { inTime } from '../base/in-time.ts'
import { nextAttempt, renewalOf } from '../base/lifetime.ts'
import type { Runtime } from '../base/runtime.ts'
import type { Identities } from './identities.ts'
import type { ProvenIdentity } from './prove-identity.ts'

const LONGEST_TIMER_SECONDS = 86_400
const REFUSAL_SECONDS = 1

/**
 * Keeps the identity of a client and renews it ahead of its end: when it is asked for, and by a timer, because the identity
 * of an idle client could not be refreshed any more.
 */
export class IdentityKeeper {
  readonly #identities: Identities
  readonly #runtime: Runtime
  #held: ProvenIdentity | undefined
  #renewAt = 0
  #flight: Promise<ProvenIdentity> | undefined
  #refusal: { readonly at: number; readonly error: ClientError } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(identities: Identities, runtime: Runtime) {
    this.#identities = identities
    this.#runtime = runtime
  }

  /** The identity. Waits only for the first one, and where the last one has ended. */
  async current(): Promise<ProvenIdentity> {
    if (this.#closed) throw new ClientError('closed')
    const held = this.#held
    const now = this.#runtime.now()
    if (held === undefined || held.expiresAt <= now) {
      this.#assertNotRefused(now)
      return this.#renew()
    }
    if (now >= this.#renewAt) this.#renew().catch(() => {})
    return held
  }

  /** The authority did not accept this identity: it is not presented again. */
  reject(identity: ProvenIdentity): void {
    if (this.#held === identity) this.#held = undefined
  }

  close(): void {
    this.#closed = true
    this.#held = undefined
    clearTimeout(this.#timer)
  }

  /** Those who ask at the same time share one request. */
  #renew(): Promise<ProvenIdentity> {
    const flight = this.#flight ?? this.#fly()
    this.#flight = flight
    return inTime(flight, this.#runtime.timeoutMs, () => this.#land(flight))
  }

  #fly(): Promise<ProvenIdentity> {
    const flight: Promise<ProvenIdentity> = this.#next()
      .then(
        (identity) => this.#keep(identity),
        (error: unknown) => {
          const refused = error instanceof ClientError && error.code === 'unauthenticated'
          this.#refusal = refused ? { at: this.#runtime.now(), error } : undefined
          this.#schedule(nextAttempt(this.#runtime.now(), this.#runtime.random))
          throw error
        },
      )
      .finally(() => this.#land(flight))
    return flight
  }

  /** Whoever asks next begins anew. */
  #land(flight: Promise<ProvenIdentity>): void {
    if (this.#flight === flight) this.#flight = undefined
  }

  /** A credential that was refused is refused again: a busy client does not ask a thousand times a second. */
  #assertNotRefused(now: number): void {
    if (this.#refusal === undefined) return
    const age = now - this.#refusal.at
    if (age >= 0 && age < REFUSAL_SECONDS) throw this.#refusal.error
    this.#refusal = undefined
  }

  async #next(): Promise<ProvenIdentity> {
    const held = this.#held
    const { refresh } = this.#identities
    if (held === undefined || refresh === undefined || held.expiresAt <= this.#runtime.now()) {
      return this.#identities.obtain()
    }
    try {
      return await refresh(held)
    } catch (error) {
      // The session may be over, and then what began it may begin another.
      if (error instanceof ClientError && error.code === 'unauthenticated') return this.#identities.obtain()
      throw error
    }
  }

  #keep(identity: ProvenIdentity): ProvenIdentity {
    if (this.#closed) throw new ClientError('closed')
    const { now, random } = this.#runtime
    this.#held = identity
    this.#schedule(renewalOf(identity.expiresAt, now(), random))
    return identity
  }

  #schedule(at: number): void {
    this.#renewAt = at
    clearTimeout(this.#timer)
    // Without an identity there is nothing to keep alive: the next ask begins anew.
    if (this.#closed || this.#held === undefined) return
    const seconds = Math.min(LONGEST_TIMER_SECONDS, Math.max(1, at - this.#runtime.now()))
    this.#timer = setTimeout(() => void this.current().catch(() => {}), seconds * 1000)
    // A program ends although an identity could still be renewed. Timers of browsers and workerd are numbers.
    if (typeof this.#timer === 'object') this.#timer.unref()
  }
}
