import { checkName, checkOptions, checkString } from '../internal/base/options.ts'
import { whenDone } from '../internal/base/steps.ts'
import { readAnchor } from '../internal/read/read-anchor.ts'
import { createReader, READER_OPTIONS } from '../internal/read/reader.ts'
import type { ReaderOptions } from '../internal/read/reader-options.ts'
import { proveIdentity } from './internal/prove-identity.ts'
import type { VerifiedIdentity } from './verified-identity.ts'

/** The options of a verifier of identities. */
export interface IdentityVerifierOptions extends ReaderOptions {
  /**
   * The name of this service. Every identity must then be a copy for this service (see `presentIdentity`), or it is
   * refused as `wrong_anchor`. Default: none, and copies for a service are refused.
   */
  readonly anchor?: string | undefined
  /** Also accepts identities that are not for a particular service. Default `false`. */
  readonly allowUnanchored?: boolean | undefined
  /** The namespace (domain) of this service, for older tokens that are restricted to one. Default: none. */
  readonly namespace?: string | undefined
}

/** What a request demands of an identity. */
export interface IdentityRequest {
  /**
   * The name that the bearer claims to speak as. It is refused as `wrong_subject` unless the token permits it. A
   * delegatable identity may speak as its own name and as every name below it. Default: the name that the token states.
   */
  readonly identity?: string | undefined
}

/** Reads identity tokens. */
export interface IdentityVerifier {
  /**
   * Proves who the bearer of a token may speak as.
   *
   * The name is read from decoded checks of the forms that minters write, never from printed text. It is accepted only
   * if every check of the token holds for it.
   *
   * @param token - The identity, URL-safe base64, with or without padding.
   * @param request - See {@link IdentityRequest}. Default: no demands.
   * @throws `TypeError` that starts with the name of the member of `request` that is unknown or wrong.
   * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`,
   *   `unsupported_block` (also for a check about names in any other form), `wrong_kind`, `expired`, `revoked`,
   *   `wrong_subject` (`block` does not allow the name, see `expected` and `actual`), `wrong_anchor`,
   *   `missing_designation`, `already_used`, `not_activated`, `check_failed` (also for another namespace),
   *   `unavailable`.
   */
  verify(token: string, request?: IdentityRequest): Promise<VerifiedIdentity>
}

const OPTIONS = {
  ...READER_OPTIONS,
  anchor: true,
  allowUnanchored: true,
  namespace: true,
} satisfies Record<keyof IdentityVerifierOptions, true>
const REQUEST = { identity: true } satisfies Record<keyof IdentityRequest, true>

/**
 * Creates a verifier of identity tokens. It does no I/O of its own. It remembers tokens that it has proven, see `cache`.
 *
 * @param options - See {@link IdentityVerifierOptions}; `keys` is required.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { createIdentityVerifier, delegateIdentity, generateKeyPair, mintIdentity } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const alice = await mintIdentity({ subject: 'agent:alice', delegatable: true }, privateKey)
 * const helper = await delegateIdentity(alice, publicKey, { identity: 'agent:alice:helper' })
 *
 * const verifier = createIdentityVerifier({ keys: publicKey })
 * const { identity, subject, assertedBy } = await verifier.verify(helper)
 * console.log(identity, subject, assertedBy) // agent:alice:helper agent:alice holder
 * ```
 */
export function createIdentityVerifier(options: IdentityVerifierOptions): IdentityVerifier {
  checkOptions('options', options, OPTIONS)
  const { namespace } = options
  if (namespace !== undefined) checkName('namespace', namespace)
  const settings = { ...createReader(options), ...readAnchor(options), namespace }
  return Object.freeze({
    async verify(token, request = {}) {
      checkOptions('request', request, REQUEST)
      if (request.identity !== undefined) checkString('identity', request.identity)
      return (await whenDone(proveIdentity(token, settings, request.identity))).identity
    },
  } satisfies IdentityVerifier)
}
