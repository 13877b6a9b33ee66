import { systemClock } from '../internal/base/clock.ts'
import { writersTime } from '../internal/base/duration.ts'
import { checkName, checkOptions } from '../internal/base/options.ts'
import { checkWritten, largestOf } from '../internal/write/check-written.ts'
import type { MintOptions } from '../internal/write/mint-options.ts'
import { MINT_OPTIONS, readMintOptions } from '../internal/write/read-mint-options.ts'
import type { Signer } from '../keys/key-types.ts'
import { checkNewExposures } from './internal/check-new-exposures.ts'
import { writeContext } from './internal/write-context.ts'

/** The subject of a session, its first exposures, and how long the context lives: 3600 seconds by default. */
export interface MintContextOptions extends MintOptions {
  /**
   * The subject of the session. Names below it may present the context too (`agent:alice:worker` for `agent:alice`).
   */
  readonly subject: string
  /** The labels that the session is exposed to from the start. Default: none. */
  readonly exposures?: readonly string[] | undefined
  /** What exposed the session, for the record. It is written only with exposures. Default: none. */
  readonly source?: string | undefined
}

const OPTIONS = { subject: true, exposures: true, source: true, ...MINT_OPTIONS } satisfies Record<
  keyof MintContextOptions,
  true
>
const DEFAULT_LIFETIME_SECONDS = 3600

/**
 * Mints a context: a token that collects the labels of what a session was exposed to. It permits nothing. A service
 * that must not serve exposed sessions excludes labels when it verifies the context.
 *
 * A label is a string of up to 4096 bytes, in Unicode normalization form C with at most 30 combining marks in a row,
 * without control characters, quotes and backslashes. A label with `&` is a compound, see `compoundLabel`.
 *
 * @param options - See {@link MintContextOptions}; `subject` is required.
 * @param privateKey - The root private key, `ed25519-private/<hex>` or `secp256r1-private/<hex>`; or a {@link Signer}
 *   that keeps it elsewhere.
 * @returns The token, URL-safe base64 with padding.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong (`exposures[0]` for one
 *   label), or with `privateKey:`. If the token is too large for every verifier, the largest option is named.
 * @throws `CapabilityError`: `unavailable` if the signer fails.
 *
 * @example
 * ```ts
 * import { generateKeyPair, mintContext } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair()
 * const context = await mintContext({ subject: 'agent:alice', expiresIn: '8h' }, privateKey)
 * ```
 */
export async function mintContext(options: MintContextOptions, privateKey: string | Signer): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { subject, exposures: labels = [], source, now = systemClock } = options
  checkName('subject', subject)
  const exposures = checkNewExposures(labels)
  if (source !== undefined) checkName('source', source)
  const { expiration, rootKeyId, key } = await readMintOptions(options, DEFAULT_LIFETIME_SECONDS, privateKey)
  const token = await writeContext(key, rootKeyId, {
    subject,
    exposures,
    sources: source === undefined ? [] : [source],
    restrictions: [],
    time: writersTime(now),
    expiration,
  })
  return checkWritten(token, key.publicKey, largestOf({ subject, exposures, source }))
}
