import { CapabilityError } from '../../internal/base/capability-error.ts'
import { FACET } from '../../internal/base/labels.ts'
import { outcomeOf, type Steps } from '../../internal/base/steps.ts'
import type { AdmittedToken } from '../../internal/read/admit-token.ts'
import type { Binding } from '../../internal/rules/bindings.ts'
import { canonicalIdOf } from '../../internal/rules/revocation.ts'
import type { UseLedger } from '../use-ledger.ts'

/**
 * Returns the unattested pin that the checks demand. If they demand two different pins it returns `undefined`: a
 * verifier asserts one value per label.
 */
export function facetOf(bindings: readonly Binding[]): Binding | undefined {
  const [facet, ...others] = bindings.filter(({ label, attested }) => label === FACET && !attested)
  return others.every(({ value }) => value === facet?.value) ? facet : undefined
}

/** The uses of one proven token. Each run is one use, however often it asks. */
export class Spendings {
  readonly #ledger: UseLedger
  readonly #token: AdmittedToken<unknown>
  readonly #facet: Binding
  readonly #answers = new WeakMap<object, Answer>()

  constructor(ledger: UseLedger, token: AdmittedToken<unknown>, facet: Binding) {
    this.#ledger = ledger
    this.#token = token
    this.#facet = facet
  }

  /**
   * Spends the one use of a token, once per run.
   *
   * @throws `CapabilityError`: `already_used` if no use is left; `unavailable` if there is no clear answer.
   */
  *spend(run: object): Steps<void> {
    const answer = this.#answers.get(run) ?? this.#ask()
    this.#answers.set(run, answer)
    let spent: unknown
    try {
      spent = yield* outcomeOf(answer())
    } catch (cause) {
      throw new CapabilityError('unavailable', { cause })
    }
    if (typeof spent !== 'boolean') throw new CapabilityError('unavailable')
    const { value, block } = this.#facet
    if (!spent) throw new CapabilityError('already_used', { label: FACET, expected: value, block })
  }

  #ask(): Answer {
    try {
      const { token, root } = this.#token
      const answer = this.#ledger.consume(canonicalIdOf(token, root), this.#facet.value)
      return () => answer
    } catch (cause) {
      return () => {
        throw cause
      }
    }
  }
}

/** Returns or throws what the ledger did. */
type Answer = () => boolean | Promise<boolean>
