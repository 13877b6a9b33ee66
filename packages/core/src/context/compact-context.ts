import { systemClock } from '../internal/base/clock.ts'
import { type Duration, expirationOf } from '../internal/base/duration.ts'
import { checkOptions } from '../internal/base/options.ts'
import type { Signer } from '../keys/key-types.ts'
import { openContext } from './internal/open-context.ts'
import { rewriteContext } from './internal/rewrite-context.ts'

/** Whether a context is also renewed. */
export interface CompactContextOptions {
  /**
   * Renews the context: its lifetime from now on, which may be longer than before. Default: its end stays, also one
   * that a holder set.
   */
  readonly expiresIn?: Duration | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { expiresIn: true, now: true } satisfies Record<keyof CompactContextOptions, true>

/**
 * Mints a context again in one block, which is smaller. It keeps the subject, labels, sources and root key id, and the
 * labels that holders exclude. Its revocation ids are new, so revoking the old ids does not revoke it. Neither
 * revocation nor the context's checks are evaluated, so verify the context first.
 *
 * @param token - The context, URL-safe base64, with or without padding. It may be sealed.
 * @param privateKey - The root private key that it was minted with, or a {@link Signer}.
 * @param options - See {@link CompactContextOptions}.
 * @returns The new context, not sealed. The old one stays valid.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong, or with `privateKey:`.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `invalid_signature` (mostly for another root key),
 *   `wrong_kind`, `expired`, `unavailable`; `unsupported_block` for a context with content that would be lost.
 *
 * @example
 * ```ts
 * import { compactContext, generateKeyPair, mintContext } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair()
 * const context = await mintContext({ subject: 'agent:alice', expiresIn: '1h' }, privateKey)
 * const renewed = await compactContext(context, privateKey, { expiresIn: '1h' })
 * ```
 */
export async function compactContext(
  token: string,
  privateKey: string | Signer,
  options: CompactContextOptions = {},
): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { expiresIn, now = systemClock } = options
  const open = await openContext(token, privateKey, now)
  const expiration = expiresIn === undefined ? open.end : expirationOf('expiresIn', expiresIn, now)
  return rewriteContext(open, { expiration }, 'token')
}
