import { checkFunction, checkName, checkOptions } from '../internal/base/options.ts'
import { checkWritten, largestOf } from '../internal/write/check-written.ts'
import { writeExpiration } from '../internal/write/checks.ts'
import type { MintOptions } from '../internal/write/mint-options.ts'
import { MINT_OPTIONS, readMintOptions } from '../internal/write/read-mint-options.ts'
import { writeToken } from '../internal/write/write-token.ts'
import { parsePublicKey } from '../keys/internal/keys.ts'
import type { Signer } from '../keys/key-types.ts'
import { writeFacet, writeLatent, writeNarrowing, writeRight } from './internal/capability-block.ts'
import { issueFacet } from './internal/issue-facet.ts'
import { namedRequests } from './internal/named-requests.ts'
import { NARROWING_OPTIONS, readNarrowing } from './internal/narrowing.ts'
import type { NarrowingOptions } from './narrowing-options.ts'
import type { UseLedger } from './use-ledger.ts'

/** What a capability permits, and for how long. It lives for 300 seconds by default. */
export interface MintCapabilityOptions extends MintOptions, NarrowingOptions {
  /** Who the capability is issued to. The verifier receives it as data; anyone who presents the token may act. */
  readonly subject: string
  /** What the capability gives access to. */
  readonly resource: string
  /** What may be done with the resource. */
  readonly operation: string
  /**
   * The public key of the activator. Verifiers refuse the capability (`not_activated`) until the holder of this key has
   * activated it. Default: none, and the capability can be used at once.
   */
  readonly activator?: string | undefined
  /**
   * Allows a single use, which this ledger records and the verifiers that share it spend. Default: any number of uses.
   */
  readonly singleUse?: UseLedger | undefined
}

const OPTIONS = {
  subject: true,
  resource: true,
  operation: true,
  activator: true,
  singleUse: true,
  ...NARROWING_OPTIONS,
  ...MINT_OPTIONS,
} satisfies Record<keyof MintCapabilityOptions, true>
const DEFAULT_LIFETIME_SECONDS = 300

/**
 * Mints a capability: a token that lets its bearer do one operation on one resource until it expires.
 *
 * Strings may hold any well-formed Unicode, up to 4096 bytes in UTF-8, and reach the verifier exactly as given.
 *
 * @param options - See {@link MintCapabilityOptions}; `subject`, `resource` and `operation` are required.
 * @param privateKey - The root private key, `ed25519-private/<hex>` or `secp256r1-private/<hex>`; or a {@link Signer}
 *   that keeps it elsewhere.
 * @returns The token, URL-safe base64 with padding. With `singleUse`, the ledger has recorded it before it is returned.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong (`designations.<label>`
 *   for one label), or with `privateKey:`. If the token is too large for every verifier, the largest option is named.
 * @throws `CapabilityError`: `unavailable` if the ledger or the signer fails.
 *
 * @example
 * ```ts
 * import { generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { privateKey } = await generateKeyPair()
 * const token = await mintCapability(
 *   {
 *     subject: 'service:webapp',
 *     resource: 'invoices',
 *     operation: 'read',
 *     designations: { tenantId: 'acme' },
 *     expiresIn: '5m',
 *   },
 *   privateKey,
 * )
 * ```
 */
export async function mintCapability(options: MintCapabilityOptions, privateKey: string | Signer): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { subject, resource, operation, activator, singleUse, designations, anchor, attested } = options
  checkName('subject', subject)
  checkName('resource', resource)
  checkName('operation', operation)
  const narrowing = readNarrowing(options)
  const activatorKey = activator === undefined ? undefined : parsePublicKey(activator, 'activator')
  if (singleUse !== undefined) checkFunction('singleUse.issue', singleUse?.issue)
  const { expiration, rootKeyId, key } = await readMintOptions(options, DEFAULT_LIFETIME_SECONDS, privateKey)

  const facet = singleUse === undefined ? undefined : crypto.randomUUID()
  const written = await writeToken(key, rootKeyId, (block) => {
    writeRight(block, subject, resource, operation)
    writeExpiration(block, 'time', expiration)
    writeNarrowing(block, narrowing)
    if (activatorKey !== undefined) writeLatent(block, activatorKey)
    if (facet !== undefined) writeFacet(block, facet)
  })
  const { publicKey } = key
  const largest = largestOf({ subject, resource, operation, designations, anchor, attested })
  const token = checkWritten(written, publicKey, largest, namedRequests)
  if (singleUse !== undefined && facet !== undefined) await issueFacet(singleUse, token, publicKey, facet, expiration)
  return token
}
