import { systemClock } from '../internal/base/clock.ts'
import type { Duration } from '../internal/base/duration.ts'
import { writersTime } from '../internal/base/duration.ts'
import { checkFunction, checkName, checkOptions } from '../internal/base/options.ts'
import { appendAttestation } from './internal/append-attestation.ts'
import { writeFacet } from './internal/capability-block.ts'
import { waitsFor } from './internal/latent.ts'
import type { SigningKeys } from './signing-keys.ts'

/** How a latent capability is activated. */
export interface ActivateOptions {
  /** How long it lives at most from now on: whole seconds, or `'30s'`, `'5m'`. Default: as before. */
  readonly expiresIn?: Duration | undefined
  /**
   * A single-use pin of the activator's: the capability is not good (`already_used`) until the activator has completed it with
   * `completeUse`, and who wants to use it has to come back for that. Default: none.
   */
  readonly facet?: string | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { expiresIn: true, facet: true, now: true } satisfies Record<keyof ActivateOptions, true>

/**
 * Activates a latent capability: appends a block, signed by its activator, that says so. A latent capability may lie about for long, since
 * it is good for nothing; what is activated should be short.
 *
 * @param token - The capability, minted with `activator`; it may have been narrowed since.
 * @param signing - The root public keys, and the private key of whoever signs the block; see {@link SigningKeys}.
 * @param options - See {@link ActivateOptions}.
 * @returns The active token, URL-safe base64 with padding. The latent one stays latent.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong; with `privateKey:` if the token does not wait for
 *   that key; with `keys:`; or with `token:` for one that is sealed or full.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`, `unsupported_block`, `wrong_kind`.
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
 * await verifier.verify(latent, { resource: 'exports', operation: 'write' }).catch((error) => error.code) // not_activated
 *
 * const active = await activate(latent, { keys: publicKey, privateKey: scheduler.privateKey }, { expiresIn: '1m' })
 * const { subject } = await verifier.verify(active, { resource: 'exports', operation: 'write' }) // job:nightly
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
      block.fact('activation({now})', { now: time })
      if (facet !== undefined) writeFacet(block, facet, activator)
    },
  })
}
