import { assertWritten } from './internal/assert-written.ts'
import { writeToken } from './internal/biscuit/write-token.ts'
import { utf8Length } from './internal/bytes.ts'
import { writeDesignations, writeExpiration, writeRight } from './internal/capability-block.ts'
import { checkDesignations, checkName, checkOptions } from './internal/options.ts'
import { MINT_OPTIONS, readMintOptions } from './internal/read-mint-options.ts'
import type { MintOptions } from './mint-options.ts'

/** What a capability is to permit, and for how long: 300 seconds by default. */
export interface MintCapabilityOptions extends MintOptions {
  /** Who the capability is issued to. Data for the verifier: whoever presents the token may act. */
  readonly subject: string
  /** What may be acted on. */
  readonly resource: string
  /** What may be done with it. */
  readonly operation: string
  /** Names the object: one value a label, each a check that the request must satisfy. Default: none. */
  readonly designations?: Readonly<Record<string, string>> | undefined
  /** The one service at which the capability may be used. Default: any. */
  readonly anchor?: string | undefined
}

const OPTIONS = ['subject', 'resource', 'operation', 'designations', 'anchor', ...MINT_OPTIONS]
const DEFAULT_LIFETIME_SECONDS = 300

/**
 * Mints a capability: a token that lets whoever presents it do one operation on one resource, until it expires.
 *
 * Strings may hold any well-formed Unicode, up to 4096 bytes in UTF-8; they reach the verifier exactly as given.
 *
 * @param options - See {@link MintCapabilityOptions}; `subject`, `resource` and `operation` are required.
 * @param privateKey - The root private key, `ed25519-private/<hex>` or `secp256r1-private/<hex>`.
 * @returns The token, URL-safe base64 with padding.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong (`designations.<label>` for one of
 *   them), or with `privateKey:`. A token too large for any verifier is refused by the name of its largest option.
 *
 * @example
 * ```ts
 * import { generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair()
 * const token = await mintCapability(
 *   { subject: 'service:webapp', resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' }, expiresIn: '5m' },
 *   privateKey,
 * )
 * ```
 */
export async function mintCapability(options: MintCapabilityOptions, privateKey: string): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { subject, resource, operation, anchor, designations: pairs = {} } = options
  checkName('subject', subject)
  checkName('resource', resource)
  checkName('operation', operation)
  const designations = checkDesignations('designations', pairs)
  if (anchor !== undefined) checkName('anchor', anchor)
  const { expiration, rootKeyId, key } = readMintOptions(options, DEFAULT_LIFETIME_SECONDS, privateKey)

  const token = writeToken(key, rootKeyId, (block) => {
    writeRight(block, subject, resource, operation)
    writeExpiration(block, '$time', expiration)
    writeDesignations(block, designations, anchor)
  })
  return assertWritten(token, largestOption(subject, resource, operation, designations, anchor))
}

/** What to blame for a token that is too large. */
function largestOption(
  subject: string,
  resource: string,
  operation: string,
  designations: ReadonlyMap<string, string>,
  anchor = '',
): string {
  const sizes = Object.entries({
    subject,
    resource,
    operation,
    anchor,
    designations: [...designations].flat().join(''),
  })
  return sizes.reduce((largest, next) => (utf8Length(next[1]) > utf8Length(largest[1]) ? next : largest))[0]
}
