import { systemClock } from '../internal/base/clock.ts'
import { type Duration, expirationOf } from '../internal/base/duration.ts'
import { ANCHOR } from '../internal/base/labels.ts'
import { checkFunction, checkName, checkOptions } from '../internal/base/options.ts'
import { statedWorld } from '../internal/evaluate/world.ts'
import { bindingsOf } from '../internal/rules/bindings.ts'
import type { Keys } from '../internal/signature/root-key-source.ts'
import type { Token } from '../internal/token/decode-token.ts'
import { appendBlock } from '../internal/write/append-block.ts'
import { checkWritten } from '../internal/write/check-written.ts'
import { writeDesignation, writeExpiration } from '../internal/write/checks.ts'
import { namedRequests } from './internal/named-requests.ts'
import { openIdentity } from './internal/open-identity.ts'

/** How long a copy of an identity lives, and which service it is for. */
export interface PresentIdentityOptions {
  /** The longest lifetime of the copy: whole seconds, or `'30s'`, `'5m'`, `'2h'`, `'7d'`. Default 5 seconds. */
  readonly expiresIn?: Duration | undefined
  /**
   * The only service that accepts the copy. Default: any, so a service that receives it can use it elsewhere until it
   * expires.
   */
  readonly anchor?: string | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { expiresIn: true, anchor: true, now: true } satisfies Record<keyof PresentIdentityOptions, true>
const DEFAULT_LIFETIME_SECONDS = 5

/**
 * Makes a copy of an identity to send to a service. The copy expires after some seconds, and with `anchor` only one
 * service accepts it. The identity itself never leaves its holder.
 *
 * The copy never outlives the identity: the earlier end counts. The expiry of the identity is not checked. The new
 * block is the holder's own, which saves a signature; the Hessra open core signs it with a key that is thrown away.
 * Every verifier reads both.
 *
 * @param token - The identity, URL-safe base64, with or without padding.
 * @param keys - The root public keys: one key, a map from root key id to key, or a resolver; see {@link Keys}.
 * @param options - See {@link PresentIdentityOptions}.
 * @returns The copy, URL-safe base64 with padding.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong, also for a second anchor; with
 *   `keys:`; or with `token:` for a token that is sealed, or has as many blocks as a verifier reads.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`,
 *   `unsupported_block`, `wrong_kind`.
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
  const copy = await appendBlock(proven, (block) => {
    writeExpiration(block, 'time', expiration)
    if (anchor !== undefined) writeDesignation(block, ANCHOR, anchor)
  })
  return checkWritten(copy, key, anchor === undefined ? 'expiresIn' : 'anchor', namedRequests)
}

/** Refuses a second anchor. No verifier would accept a token with two. */
function checkUnanchored({ blocks }: Token): void {
  if (bindingsOf(blocks, statedWorld(blocks)).some(({ label }) => label === ANCHOR)) {
    throw new TypeError('anchor: the token has one already')
  }
}
