import { systemClock } from '../internal/base/clock.ts'
import type { Duration } from '../internal/base/duration.ts'
import { expirationOf } from '../internal/base/duration.ts'
import { checkOptions } from '../internal/base/options.ts'
import { openContext } from './internal/open-context.ts'
import { rewriteContext } from './internal/rewrite-context.ts'

/** Whether a context is to be renewed as well. */
export interface CompactContextOptions {
  /** Renews it: how long it lives from now on, whatever its end was. Default: to the same end, also one that a holder has set. */
  readonly expiresIn?: Duration | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { expiresIn: true, now: true } satisfies Record<keyof CompactContextOptions, true>

/**
 * Mints a context anew, in one block: smaller, with the same subject, labels, sources and root key id, and with the labels that holders
 * exclude. Its revocation ids are new, and whoever revokes the old ones does not revoke it; neither revocation nor the
 * context's checks are looked at: verify it first.
 *
 * @param token - The context, URL-safe base64, with padding or without; it may be sealed.
 * @param privateKey - The root private key that it was minted with.
 * @param options - See {@link CompactContextOptions}.
 * @returns The new context, not sealed. The old one is still good.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong, or with `privateKey:`.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `invalid_signature` (another root key, above all), `wrong_kind`,
 *   `expired`, `unavailable`; `unsupported_block` for a context with anything that could not be taken along: it is never dropped.
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
  privateKey: string,
  options: CompactContextOptions = {},
): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { expiresIn, now = systemClock } = options
  const open = await openContext(token, privateKey, now)
  const expiration = expiresIn === undefined ? open.end : expirationOf('expiresIn', expiresIn, now)
  return rewriteContext(open, { expiration }, 'token')
}
