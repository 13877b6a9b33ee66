import { checkFunction, checkName, checkOptions } from '../internal/base/options.ts'
import { checkWritten, largestOf } from '../internal/write/check-written.ts'
import { writeExpiration } from '../internal/write/checks.ts'
import type { MintOptions } from '../internal/write/mint-options.ts'
import { MINT_OPTIONS, readMintOptions } from '../internal/write/read-mint-options.ts'
import { writeToken } from '../internal/write/write-token.ts'
import { parsePublicKey } from '../keys/internal/keys.ts'
import { writeFacet, writeLatent, writeNarrowing, writeRight } from './internal/capability-block.ts'
import { issueFacet } from './internal/issue-facet.ts'
import { namedRequests } from './internal/named-requests.ts'
import { NARROWING_OPTIONS, readNarrowing } from './internal/narrowing.ts'
import type { NarrowingOptions } from './narrowing-options.ts'
import type { UseLedger } from './use-ledger.ts'

/** What a capability is to permit, and for how long: 300 seconds by default. */
export interface MintCapabilityOptions extends MintOptions, NarrowingOptions {
  /** Who the capability is issued to. Data for the verifier: whoever presents the token may act. */
  readonly subject: string
  /** What may be acted on. */
  readonly resource: string
  /** What may be done with it. */
  readonly operation: string
  /**
   * The public key of its activator: the capability is inert (`not_activated`) until that key's holder has activated it. Default: none,
   * it is good at once.
   */
  readonly activator?: string | undefined
  /** Makes it good for one use, which is noted in this ledger and spent by the verifiers that share it. Default: any number of uses. */
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
 * Mints a capability: a token that lets whoever presents it do one operation on one resource, until it expires.
 *
 * Strings may hold any well-formed Unicode, up to 4096 bytes in UTF-8; they reach the verifier exactly as given.
 *
 * @param options - See {@link MintCapabilityOptions}; `subject`, `resource` and `operation` are required.
 * @param privateKey - The root private key, `ed25519-private/<hex>` or `secp256r1-private/<hex>`.
 * @returns The token, URL-safe base64 with padding. With `singleUse` only after the ledger has noted it.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong (`designations.<label>` for one of
 *   them), or with `privateKey:`. A token too large for any verifier is refused by the name of its largest option.
 * @throws `CapabilityError` with `unavailable` when the ledger does not answer.
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
  const { subject, resource, operation, activator, singleUse, designations, anchor, attested } = options
  checkName('subject', subject)
  checkName('resource', resource)
  checkName('operation', operation)
  const narrowing = readNarrowing(options)
  const activatorKey = activator === undefined ? undefined : parsePublicKey(activator, 'activator')
  if (singleUse !== undefined) checkFunction('singleUse.issue', singleUse?.issue)
  const { expiration, rootKeyId, key } = readMintOptions(options, DEFAULT_LIFETIME_SECONDS, privateKey)

  const facet = singleUse === undefined ? undefined : crypto.randomUUID()
  const token = writeToken(key, rootKeyId, (block) => {
    writeRight(block, subject, resource, operation)
    writeExpiration(block, '$time', expiration)
    writeNarrowing(block, narrowing)
    if (activatorKey !== undefined) writeLatent(block, activatorKey)
    if (facet !== undefined) writeFacet(block, facet)
  })
  checkWritten(token, key, largestOf({ subject, resource, operation, designations, anchor, attested }), namedRequests)
  if (singleUse !== undefined && facet !== undefined) await issueFacet(singleUse, token, key, facet, expiration)
  return token
}
