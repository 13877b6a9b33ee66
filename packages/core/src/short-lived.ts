import type { Duration } from './duration.ts'
import { assertWritten } from './internal/assert-written.ts'
import { writeBlock } from './internal/biscuit/write-token.ts'
import { writeExpiration, writeNarrowing } from './internal/capability-block.ts'
import { systemClock } from './internal/clock.ts'
import { expirationOf } from './internal/duration.ts'
import { assertNoConflict, readNarrowing } from './internal/narrowing.ts'
import { openToken } from './internal/open-token.ts'
import { checkFunction, checkOptions } from './internal/options.ts'

/** For how long, and for whom. */
export interface ShortLivedOptions {
  /** How long the copy lives at most: whole seconds, or `'30s'`, `'5m'`, `'2h'`, `'7d'`. Default 5 seconds. */
  readonly expiresIn?: Duration | undefined
  /** The one service that the copy is for. Default: any, so that whoever receives it can use it elsewhere while it lives. */
  readonly anchor?: string | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = ['expiresIn', 'anchor', 'now']
const DEFAULT_LIFETIME_SECONDS = 5

/**
 * Makes a copy of an identity to be sent: one that is worthless some seconds later, and with `anchor` everywhere else. The identity
 * itself never leaves its holder.
 *
 * The copy never outlives the identity; its expiry is not looked at, and the earlier end counts. The block is the holder's own, where
 * the Hessra open core signs it with a throw-away key: one signature less, and every verifier reads both.
 *
 * @param token - The identity, URL-safe base64, with padding or without.
 * @param publicKey - The root public key, `ed25519/<hex>` or `secp256r1/<hex>`.
 * @param options - See {@link ShortLivedOptions}.
 * @returns The copy, URL-safe base64 with padding.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong, a second anchor among them; with `publicKey:`;
 *   or with `token:` for a token that is sealed, or has as many blocks as a verifier reads.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `invalid_signature`, `unsupported_block`, `wrong_kind`.
 *
 * @example
 * ```ts
 * import { generateKeyPair, mintIdentity, shortLived } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const identity = await mintIdentity({ subject: 'agent:alice' }, privateKey)
 * const copy = await shortLived(identity, publicKey, { anchor: 'service:billing' })
 * ```
 */
export async function shortLived(token: string, publicKey: string, options: ShortLivedOptions = {}): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { expiresIn = DEFAULT_LIFETIME_SECONDS, anchor, now = systemClock } = options
  const narrowing = readNarrowing({ anchor })
  checkFunction('now', now)
  const expiration = expirationOf('expiresIn', expiresIn, now)

  const { token: proven, key } = await openToken(token, publicKey, 'identity')
  assertNoConflict(proven, narrowing)
  const copy = writeBlock(token, key, (block) => {
    writeExpiration(block, '$time', expiration)
    writeNarrowing(block, narrowing)
  })
  return assertWritten(copy, key, anchor === undefined ? 'expiresIn' : 'anchor')
}
