import { systemClock } from '../internal/base/clock.ts'
import type { Duration } from '../internal/base/duration.ts'
import { expirationOf } from '../internal/base/duration.ts'
import { ANCHOR } from '../internal/base/labels.ts'
import { checkFunction, checkName, checkOptions } from '../internal/base/options.ts'
import { statedWorld } from '../internal/evaluate/world.ts'
import { bindingsOf } from '../internal/rules/bindings.ts'
import type { Keys } from '../internal/signature/root-key-source.ts'
import type { Token } from '../internal/token/decode-token.ts'
import { checkWritten } from '../internal/write/check-written.ts'
import { writeDesignation, writeExpiration } from '../internal/write/checks.ts'
import { writeBlock } from '../internal/write/write-token.ts'
import { namedRequests } from './internal/named-requests.ts'
import { openIdentity } from './internal/open-identity.ts'

/** For how long, and for whom. */
export interface PresentIdentityOptions {
  /** How long the copy lives at most: whole seconds, or `'30s'`, `'5m'`, `'2h'`, `'7d'`. Default 5 seconds. */
  readonly expiresIn?: Duration | undefined
  /** The one service that the copy is for. Default: any, so that whoever receives it can use it elsewhere while it lives. */
  readonly anchor?: string | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { expiresIn: true, anchor: true, now: true } satisfies Record<keyof PresentIdentityOptions, true>
const DEFAULT_LIFETIME_SECONDS = 5

/**
 * Makes a copy of an identity to be sent: one that is worthless some seconds later, and with `anchor` everywhere else. The identity
 * itself never leaves its holder.
 *
 * The copy never outlives the identity; its expiry is not looked at, and the earlier end counts. The block is the holder's own, where
 * the Hessra open core signs it with a throw-away key: one signature less, and every verifier reads both.
 *
 * @param token - The identity, URL-safe base64, with padding or without.
 * @param keys - The root public keys: one key, a map from root key id to key, or a resolver; see {@link Keys}.
 * @param options - See {@link PresentIdentityOptions}.
 * @returns The copy, URL-safe base64 with padding.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong, a second anchor among them; with `keys:`;
 *   or with `token:` for a token that is sealed, or has as many blocks as a verifier reads.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`, `unsupported_block`, `wrong_kind`.
 *
 * @example
 * ```ts
 * import { generateKeyPair, mintIdentity, presentIdentity } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const identity = await mintIdentity({ subject: 'agent:alice' }, privateKey)
 * const copy = await presentIdentity(identity, publicKey, { anchor: 'service:billing' })
 * ```
 */
export async function presentIdentity(
  token: string,
  keys: Keys,
  options: PresentIdentityOptions = {},
): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { expiresIn = DEFAULT_LIFETIME_SECONDS, anchor, now = systemClock } = options
  if (anchor !== undefined) checkName('anchor', anchor)
  checkFunction('now', now)
  const expiration = expirationOf('expiresIn', expiresIn, now)

  const { token: proven, key } = await openIdentity(token, keys)
  if (anchor !== undefined) checkUnanchored(proven)
  const copy = writeBlock(token, key, (block) => {
    writeExpiration(block, '$time', expiration)
    if (anchor !== undefined) writeDesignation(block, ANCHOR, anchor)
  })
  return checkWritten(copy, key, anchor === undefined ? 'expiresIn' : 'anchor', namedRequests)
}

/** A token that demands two anchors would be good for nothing. */
function checkUnanchored({ blocks }: Token): void {
  if (bindingsOf(blocks, statedWorld(blocks)).some(({ label }) => label === ANCHOR)) {
    throw new TypeError('anchor: the token has one already')
  }
}
