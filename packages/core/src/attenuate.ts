import type { Duration } from './duration.ts'
import { assertWritten } from './internal/assert-written.ts'
import { writeBlock } from './internal/biscuit/write-token.ts'
import { writeDesignations, writeExpiration } from './internal/capability-block.ts'
import { systemClock } from './internal/clock.ts'
import { bindingsOf } from './internal/decide/bindings.ts'
import { ANCHOR } from './internal/decide/designation.ts'
import { expirationOf } from './internal/duration.ts'
import { openToken } from './internal/open-token.ts'
import { checkDesignations, checkFunction, checkName, checkOptions } from './internal/options.ts'
import { printable } from './internal/printable.ts'
import { statedWorld } from './internal/read-token.ts'
import type { Token } from './internal/token/decode-token.ts'

/** How a capability is to be narrowed. */
export interface AttenuateOptions {
  /** Names the object: one value a label, each a check more that the request must satisfy. Default: none. */
  readonly designations?: Readonly<Record<string, string>> | undefined
  /** The one service at which the capability may be used from now on. Default: as before. */
  readonly anchor?: string | undefined
  /** How long it lives at most from now on: whole seconds, or `'30s'`, `'5m'`, `'2h'`, `'7d'`. Default: as before. */
  readonly expiresIn?: Duration | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = ['designations', 'anchor', 'expiresIn', 'now']

/**
 * Narrows a capability: appends one block of checks. It needs no private key and no network, and can only take away.
 *
 * The token is read and proven first, so that nothing is built on a token that no verifier would accept; its expiry is not looked at.
 *
 * @param token - The capability, URL-safe base64, with padding or without.
 * @param publicKey - The root public key, `ed25519/<hex>` or `secp256r1/<hex>`.
 * @param options - See {@link AttenuateOptions}; at least one of `designations`, `anchor` and `expiresIn`.
 * @returns The narrower token, URL-safe base64 with padding. The old one is still good.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong: a second anchor, another value for a label
 *   that the token already binds (`designations.<label>`), nothing to add (`options:`), or more than any verifier would read;
 *   with `publicKey:`; or with `token:` for a token that is sealed, or has as many blocks as a verifier reads.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `invalid_signature`, `unsupported_block`, `wrong_kind`.
 *
 * @example
 * ```ts
 * import { attenuate, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const token = await mintCapability({ subject: 'service:webapp', resource: 'invoices', operation: 'read' }, privateKey)
 * const narrow = await attenuate(token, publicKey, {
 *   designations: { tenantId: 'acme' },
 *   anchor: 'service:billing',
 *   expiresIn: '30s',
 * })
 * ```
 */
export async function attenuate(token: string, publicKey: string, options: AttenuateOptions): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { designations: pairs = {}, anchor, expiresIn, now = systemClock } = options
  const designations = checkDesignations('designations', pairs)
  if (anchor !== undefined) checkName('anchor', anchor)
  checkFunction('now', now)
  const expiration = expiresIn === undefined ? undefined : expirationOf('expiresIn', expiresIn, now)
  if (designations.size === 0 && anchor === undefined && expiration === undefined) {
    throw new TypeError('options: must have designations, an anchor or expiresIn')
  }

  const { token: proven, key } = await openToken(token, publicKey, 'capability')
  assertNoConflict(proven, designations, anchor)
  const narrow = writeBlock(token, key, (block) => {
    writeDesignations(block, designations, anchor)
    if (expiration !== undefined) writeExpiration(block, '$t', expiration)
  })
  return assertWritten(narrow, designations.size > 0 ? 'designations' : anchor === undefined ? 'expiresIn' : 'anchor')
}

/** Such a token would be good for nothing: a verifier supplies one value a label. */
function assertNoConflict(
  { blocks }: Token,
  designations: ReadonlyMap<string, string>,
  anchor: string | undefined,
): void {
  for (const { label, value } of bindingsOf(blocks, statedWorld(blocks))) {
    if (label === ANCHOR && anchor !== undefined) throw new TypeError('anchor: the token has one already')
    const added = designations.get(label)
    if (added !== undefined && added !== value) {
      throw new TypeError(`designations.${printable(label)}: the token demands another value already`)
    }
  }
}
