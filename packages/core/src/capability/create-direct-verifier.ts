import { doneSoon, type Steps } from '../internal/base/steps.ts'
import { type CapabilityProof, proveCapability } from './internal/prove-capability.ts'
import { readVerifierOptions } from './internal/verifier-options.ts'
import type { CapabilityRequest, DirectProof, DirectVerifier, VerifiedCapability, VerifierOptions } from './verifier.ts'

/**
 * Creates a verifier for adapters that handle many requests a second: each answer that needs no waiting is given at once
 * instead of in a promise. It decides exactly as the verifier of the same options.
 *
 * @param options - As for `createVerifier`.
 * @throws `TypeError` naming the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { createDirectVerifier, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const verifier = createDirectVerifier({ keys: publicKey, anchor: null })
 * const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
 * const proof = await verifier.prove(await mintCapability(right, privateKey))
 * const capability = await proof.decide({ resource: 'invoices', operation: 'read' })
 * console.log(capability.subject) // alice
 * ```
 */
export function createDirectVerifier(options: VerifierOptions): DirectVerifier {
  const settings = readVerifierOptions(options)
  function* steps(token: string): Steps<DirectProof> {
    return new Direct(yield* proveCapability(token, settings))
  }
  return Object.freeze({ prove: (token) => doneSoon(steps(token)) } satisfies DirectVerifier)
}

/** A class, because an object with functions of its own takes several times as long to make. */
class Direct implements DirectProof {
  readonly #proof: CapabilityProof
  #capability: VerifiedCapability | undefined

  constructor(proof: CapabilityProof) {
    this.#proof = proof
  }

  get capability(): VerifiedCapability {
    this.#capability ??= this.#proof.describe()
    return this.#capability
  }

  decide(request: CapabilityRequest): VerifiedCapability | Promise<VerifiedCapability> {
    return doneSoon(this.#proof.decide(request))
  }

  spend(run: object): void | Promise<void> {
    return doneSoon(this.#proof.spend(run))
  }
}
