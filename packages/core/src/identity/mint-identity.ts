import { checkIdentityName } from '../internal/base/identity-name.ts'
import { checkBoolean, checkOptions } from '../internal/base/options.ts'
import { checkWritten } from '../internal/write/check-written.ts'
import { writeExpiration } from '../internal/write/checks.ts'
import type { MintOptions } from '../internal/write/mint-options.ts'
import { MINT_OPTIONS, readMintOptions } from '../internal/write/read-mint-options.ts'
import { writeToken } from '../internal/write/write-token.ts'
import type { Signer } from '../keys/key-types.ts'
import { writeName, writeSubject } from './internal/identity-block.ts'
import { namedRequests } from './internal/named-requests.ts'

/** Whose identity it is, and for how long. It lives for 3600 seconds by default. */
export interface MintIdentityOptions extends MintOptions {
  /**
   * The name of the bearer: segments between colons, none of them empty, in Unicode normalization form C with at most
   * 30 combining marks in a row, without control or format characters, quotes or backslashes. A delegatable identity
   * needs at least two segments.
   */
  readonly subject: string
  /** Whether the bearer may speak as every name below the subject, and delegate such identities. Default `false`. */
  readonly delegatable?: boolean | undefined
}

const OPTIONS = { subject: true, delegatable: true, ...MINT_OPTIONS } satisfies Record<keyof MintIdentityOptions, true>
const DEFAULT_LIFETIME_SECONDS = 3600

/**
 * Mints an identity: a token that says who its bearer is, and permits nothing.
 *
 * @param options - See {@link MintIdentityOptions}; `subject` is required.
 * @param privateKey - The root private key, `ed25519-private/<hex>` or `secp256r1-private/<hex>`; or a {@link Signer}
 *   that keeps it elsewhere.
 * @returns The token, URL-safe base64 with padding.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong, or with `privateKey:`.
 * @throws `CapabilityError`: `unavailable` if the signer fails.
 *
 * @example
 * ```ts
 * import { generateKeyPair, mintIdentity } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair()
 * const token = await mintIdentity({ subject: 'agent:alice', delegatable: true, expiresIn: '1h' }, privateKey)
 * ```
 */
export async function mintIdentity(options: MintIdentityOptions, privateKey: string | Signer): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { subject, delegatable = false } = options
  checkBoolean('delegatable', delegatable)
  checkIdentityName('subject', subject, delegatable)
  const { expiration, rootKeyId, key } = await readMintOptions(options, DEFAULT_LIFETIME_SECONDS, privateKey)

  const token = await writeToken(key, rootKeyId, (block) => {
    writeSubject(block, subject)
    writeName(block, subject, delegatable)
    writeExpiration(block, 'time', expiration)
  })
  return checkWritten(token, key.publicKey, 'subject', namedRequests)
}
