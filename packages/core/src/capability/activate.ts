import { systemClock } from '../internal/base/clock.ts'
import { type Duration, writersTime } from '../internal/base/duration.ts'
import { checkFunction, checkName, checkOptions } from '../internal/base/options.ts'
import { predicate } from '../internal/write/statements.ts'
import { appendAttestation } from './internal/append-attestation.ts'
import { writeFacet } from './internal/capability-block.ts'
import { waitsFor } from './internal/latent.ts'
import type { SigningKeys } from './signing-keys.ts'

/** How a latent capability is activated. */
export interface ActivateOptions {
  /** The longest lifetime from now on: whole seconds, or `'30s'`, `'5m'`. Default: the end does not change. */
  readonly expiresIn?: Duration | undefined
  /**
   * A single-use pin of the activator: verifiers refuse the capability (`already_used`) until the activator has
   * completed the pin with `completeUse`. So the holder must ask the activator again for each use. Default: none.
   */
  readonly facet?: string | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { expiresIn: true, facet: true, now: true } satisfies Record<keyof ActivateOptions, true>

/**
 * Activates a latent capability: appends a block, signed by its activator, that states the activation. A latent
 * capability cannot be used yet, so it may be stored for a long time. Keep the activated copy short-lived.
 *
 * @param token - The capability, minted with `activator`. It may have been narrowed since.
 * @param signing - The root public keys, and the private key of the activator; see {@link SigningKeys}.
 * @param options - See {@link ActivateOptions}.
 * @returns The active token, URL-safe base64 with padding. The latent one does not change.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong; with `privateKey:` if the token
 *   does not wait for this key; with `keys:`; or with `token:` for a token that is sealed, or has as many blocks as a
 *   verifier reads.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`,
 *   `unsupported_block`, `wrong_kind`.
 *
 * @example
 * ```ts
 * import { activate, createVerifier, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const scheduler = await generateKeyPair()
 * const right = { subject: 'job:nightly', resource: 'exports', operation: 'write' }
 * const latent = await mintCapability({ ...right, activator: scheduler.publicKey, expiresIn: '30d' }, privateKey)
 *
 * const verifier = createVerifier({ keys: publicKey, anchor: null })
 * const request = { resource: 'exports', operation: 'write' }
 * await verifier.verify(latent, request).catch((error) => error.code) // not_activated
 *
 * const active = await activate(latent, { keys: publicKey, privateKey: scheduler.privateKey }, { expiresIn: '1m' })
 * const { subject } = await verifier.verify(active, request) // job:nightly
 * ```
 */
export async function activate(token: string, signing: SigningKeys, options: ActivateOptions): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { facet, now = systemClock } = options
  if (facet !== undefined) checkName('facet', facet)
  checkFunction('now', now)
  const time = writersTime(now)
  return appendAttestation(token, signing, options, {
    contents: { facet },
    check(proven, activator) {
      if (!waitsFor(proven, activator)) throw new TypeError('privateKey: the token does not wait for this key')
    },
    write(block, activator) {
      block.fact(predicate('activation', time))
      if (facet !== undefined) writeFacet(block, facet, activator)
    },
  })
}
