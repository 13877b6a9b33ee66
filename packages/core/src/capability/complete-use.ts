import { FACET } from '../internal/base/labels.ts'
import { checkName, checkOptions } from '../internal/base/options.ts'
import { appendAttestation } from './internal/append-attestation.ts'
import { writeStatement } from './internal/capability-block.ts'
import { demandsFacet } from './internal/latent.ts'
import type { SigningKeys } from './signing-keys.ts'

/** Which pin to complete. */
export interface CompleteUseOptions {
  /** The pin that the capability was activated with. */
  readonly facet: string
}

/**
 * Completes the single-use pin of a capability: appends a block, signed by the activator, that states the pin. The
 * activator must do this only once per pin, and keeps a `UseLedger` of its own for that. The verifiers then need no
 * ledger.
 *
 * @param token - The capability, activated with `facet`.
 * @param signing - The root public keys, and the private key of the activator; see {@link SigningKeys}.
 * @param options - See {@link CompleteUseOptions}; `facet` is required.
 * @returns The complete token, URL-safe base64 with padding.
 * @throws `TypeError` that starts with `facet:` if the token does not demand this pin from this key; otherwise as
 *   `activate`.
 * @throws `CapabilityError` with the codes of `activate`.
 *
 * @example
 * ```ts
 * import { activate, completeUse, createUseLedger, generateKeyPair, mintCapability, revocationIds } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const activator = await generateKeyPair()
 * const right = { subject: 'alice', resource: 'payouts', operation: 'write' }
 * const latent = await mintCapability({ ...right, activator: activator.publicKey }, privateKey)
 *
 * // The activator: one pin per activation, completed once.
 * const ledger = createUseLedger()
 * const facet = crypto.randomUUID()
 * const signing = { keys: publicKey, privateKey: activator.privateKey }
 * const pinned = await activate(latent, signing, { facet, expiresIn: '1m' })
 * const [id = ''] = revocationIds(pinned)
 * await ledger.issue(id, facet, Math.floor(Date.now() / 1000) + 60)
 *
 * if (await ledger.consume(id, facet)) {
 *   const complete = await completeUse(pinned, signing, { facet })
 *   console.log(complete.length > pinned.length) // true
 * }
 * ```
 */
export async function completeUse(token: string, signing: SigningKeys, options: CompleteUseOptions): Promise<string> {
  checkOptions('options', options, { facet: true })
  const { facet } = options
  checkName('facet', facet)
  return appendAttestation(
    token,
    signing,
    {},
    {
      contents: { facet },
      check(proven, activator) {
        if (demandsFacet(proven, facet, activator)) return
        throw new TypeError('facet: the token does not demand this pin from the holder of this key')
      },
      write: (block) => writeStatement(block, FACET, facet),
    },
  )
}
