import { checkName, checkOptions, checkText } from '../internal/base/options.ts'
import { readAnchor } from '../internal/read/read-anchor.ts'
import { createReader, READER_OPTIONS } from '../internal/read/reader.ts'
import type { ReaderOptions } from '../internal/read/reader-options.ts'
import { proveIdentity, type VerifiedIdentity } from './internal/prove-identity.ts'

/** What is asked of an identity, and by whom. */
export interface VerifyIdentityOptions extends ReaderOptions {
  /**
   * The name that the bearer claims to speak as: `wrong_subject` unless the token lets him. A delegatable identity may speak as itself
   * and as everyone below it. Default: whom the token names.
   */
  readonly identity?: string | undefined
  /** The name of this service. Every identity must then be a copy for this service, see `shortLived`; `wrong_anchor` otherwise. Default: none, and a copy for any service is refused. */
  readonly anchor?: string | undefined
  /** Accepts identities that are for no service in particular although `anchor` is set. Default `false`. */
  readonly allowUnanchored?: boolean | undefined
  /** The namespace (domain) of this service, for older tokens that are restricted to one. Default: none. */
  readonly namespace?: string | undefined
}

const OPTIONS = [...READER_OPTIONS, 'identity', 'anchor', 'allowUnanchored', 'namespace']

/**
 * Verifies an identity token: proves who its bearer may speak as.
 *
 * The name is read from decoded checks of the forms that minters write, never from printed text, and counts only after every check of
 * the token has been evaluated with it.
 *
 * @param token - The identity, URL-safe base64, with padding or without.
 * @param options - See {@link VerifyIdentityOptions}; `keys` is required.
 * @throws `TypeError` naming the option that is missing, unknown or wrong.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`, `unsupported_block` (also for
 *   a check about names of any other form), `wrong_kind`, `expired`, `revoked`, `wrong_subject` (the name is not within what `block`
 *   allows: `expected`, `actual`), `wrong_anchor`, `missing_designation`, `already_used`, `not_activated`, `check_failed` (also for
 *   another namespace), `unavailable`.
 *
 * @example
 * ```ts
 * import { delegateIdentity, generateKeyPair, mintIdentity, verifyIdentity } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const alice = await mintIdentity({ subject: 'agent:alice', delegatable: true }, privateKey)
 * const helper = await delegateIdentity(alice, publicKey, { identity: 'agent:alice:helper' })
 *
 * const { identity, subject, assertedBy } = await verifyIdentity(helper, { keys: publicKey })
 * console.log(identity, subject, assertedBy) // agent:alice:helper agent:alice holder
 * ```
 */
export async function verifyIdentity(token: string, options: VerifyIdentityOptions): Promise<VerifiedIdentity> {
  checkOptions('options', options, OPTIONS)
  const { identity: asked, namespace } = options
  if (asked !== undefined) checkText('identity', asked)
  if (namespace !== undefined) checkName('namespace', namespace)
  const { identity } = await proveIdentity(
    token,
    { ...createReader(options), ...readAnchor(options), namespace },
    asked,
  )
  return identity
}
