import { FACET } from '../internal/base/labels.ts'
import { checkName, checkOptions } from '../internal/base/options.ts'
import { appendAttestation } from './internal/append-attestation.ts'
import { writeStatement } from './internal/capability-block.ts'
import { demandsFacet } from './internal/latent.ts'

/** Which pin is completed. */
export interface CompleteFacetOptions {
  /** The pin that the capability was activated with. */
  readonly facet: string
}

/**
 * Completes the single-use pin of a capability: appends a block, signed by the activator, that states it. The activator does this once
 * for each pin (a `FacetLedger` of its own keeps count); the verifiers then need no ledger.
 *
 * @param token - The capability, activated with `facet`.
 * @param publicKey - The root public key.
 * @param options - See {@link CompleteFacetOptions}; `facet` is required.
 * @param privateKey - The activator's private key.
 * @returns The complete token, URL-safe base64 with padding.
 * @throws `TypeError` that starts with `facet:` if the token does not demand this pin from this key; otherwise as `activate`.
 * @throws `CapabilityError`: as `activate`.
 *
 * @example
 * ```ts
 * import { activate, completeFacet, createFacetLedger, generateKeyPair, mintCapability, revocationIds } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const activator = await generateKeyPair()
 * const right = { subject: 'alice', resource: 'payouts', operation: 'write' }
 * const latent = await mintCapability({ ...right, latentFor: activator.publicKey }, privateKey)
 *
 * // The activator: one pin an activation, completed once.
 * const ledger = createFacetLedger()
 * const facet = crypto.randomUUID()
 * const pinned = await activate(latent, publicKey, { facet, expiresIn: '1m' }, activator.privateKey)
 * const [id = ''] = await revocationIds(pinned)
 * await ledger.issue(id, facet, Math.floor(Date.now() / 1000) + 60)
 *
 * if (await ledger.consume(id, facet)) {
 *   const complete = await completeFacet(pinned, publicKey, { facet }, activator.privateKey)
 *   console.log(complete.length > pinned.length) // true
 * }
 * ```
 */
export async function completeFacet(
  token: string,
  publicKey: string,
  options: CompleteFacetOptions,
  privateKey: string,
): Promise<string> {
  checkOptions('options', options, ['facet'])
  const { facet } = options
  checkName('facet', facet)
  return appendAttestation(
    token,
    publicKey,
    privateKey,
    {},
    {
      stated: { facet },
      check(proven, activator) {
        if (demandsFacet(proven, facet, activator)) return
        throw new TypeError('facet: the token does not demand this pin from the holder of this key')
      },
      write: (block) => writeStatement(block, FACET, facet),
    },
  )
}
