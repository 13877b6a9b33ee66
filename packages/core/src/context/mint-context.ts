import { systemClock } from '../internal/base/clock.ts'
import { writersTime } from '../internal/base/duration.ts'
import { checkName, checkOptions } from '../internal/base/options.ts'
import { checkWritten, largestOf } from '../internal/write/check-written.ts'
import type { MintOptions } from '../internal/write/mint-options.ts'
import { MINT_OPTIONS, readMintOptions } from '../internal/write/read-mint-options.ts'
import { checkNewExposures } from './internal/check-new-exposures.ts'
import { writeContext } from './internal/write-context.ts'

/** Whose session a context is of, and for how long: 3600 seconds by default. */
export interface MintContextOptions extends MintOptions {
  /** Whose session it is: good for this subject, and for those under it (`agent:alice` for `agent:alice:worker`). */
  readonly subject: string
  /** What the session has been exposed to from the start: labels. Default: nothing. */
  readonly exposures?: readonly string[] | undefined
  /** What exposed it, for the record; written if there are exposures. Default: none. */
  readonly source?: string | undefined
}

const OPTIONS = { subject: true, exposures: true, source: true, ...MINT_OPTIONS } satisfies Record<
  keyof MintContextOptions,
  true
>
const DEFAULT_LIFETIME_SECONDS = 3600

/**
 * Mints a context: a token that collects the labels of what a session was exposed to. It permits nothing; whoever must not serve an
 * exposed session excludes labels when it verifies the context.
 *
 * A label is a string of up to 4096 bytes, in Unicode normalization form C with at most 30 combining marks in a row, without
 * control characters, quotes and backslashes; one with `&` is a compound, see `compoundLabel`.
 *
 * @param options - See {@link MintContextOptions}; `subject` is required.
 * @param privateKey - The root private key, `ed25519-private/<hex>` or `secp256r1-private/<hex>`.
 * @returns The token, URL-safe base64 with padding.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong (`exposures[0]` for one of them), or
 *   with `privateKey:`. A token too large for any verifier is refused by the name of its largest option.
 *
 * @example
 * ```ts
 * import { generateKeyPair, mintContext } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair()
 * const context = await mintContext({ subject: 'agent:alice', expiresIn: '8h' }, privateKey)
 * ```
 */
export async function mintContext(options: MintContextOptions, privateKey: string): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { subject, exposures: labels = [], source, now = systemClock } = options
  checkName('subject', subject)
  const exposures = checkNewExposures(labels)
  if (source !== undefined) checkName('source', source)
  const { expiration, rootKeyId, key } = readMintOptions(options, DEFAULT_LIFETIME_SECONDS, privateKey)
  const token = writeContext(key, rootKeyId, {
    subject,
    exposures,
    sources: source === undefined ? [] : [source],
    restrictions: [],
    time: writersTime(now),
    expiration,
  })
  return checkWritten(token, key, largestOf({ subject, exposures, source }))
}
