import { systemClock } from '../internal/base/clock.ts'
import { type Duration, expirationOf } from '../internal/base/duration.ts'
import { checkFunction, checkOptions } from '../internal/base/options.ts'
import { openToken } from '../internal/read/open-token.ts'
import type { Keys } from '../internal/signature/root-key-source.ts'
import { appendBlock } from '../internal/write/append-block.ts'
import { checkWritten, largestOf } from '../internal/write/check-written.ts'
import { writeExpiration } from '../internal/write/checks.ts'
import type { LabelOf, Schema, SchemaDefinition } from '../schema/schema.ts'
import { writeNarrowing } from './internal/capability-block.ts'
import { checkLabels, checkSchema } from './internal/check-labels.ts'
import { namedRequests } from './internal/named-requests.ts'
import { checkNoConflict, isEmpty, NARROWING_OPTIONS, readNarrowing } from './internal/narrowing.ts'
import type { NarrowingOptions } from './narrowing-options.ts'

/** How to narrow a capability. */
export interface AttenuateOptions<Definition extends SchemaDefinition = SchemaDefinition>
  extends Omit<NarrowingOptions, 'designations'> {
  /** Names the object: one value per label. Each becomes a check that the request must satisfy. Default: none. */
  readonly designations?: Readonly<Partial<Record<LabelOf<Definition>, string>>> | undefined
  /** Which labels there are for the right of the token. Others are refused. Default: all labels are known. */
  readonly schema?: Schema<Definition> | undefined
  /**
   * The longest lifetime from now on: whole seconds, or `'30s'`, `'5m'`, `'2h'`, `'7d'`. Default: the end does not
   * change.
   */
  readonly expiresIn?: Duration | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

const OPTIONS = { ...NARROWING_OPTIONS, schema: true, expiresIn: true, now: true } satisfies Record<
  keyof AttenuateOptions,
  true
>

/**
 * Narrows a capability: appends one block of checks. It needs no private key and no network, and can only remove
 * permissions.
 *
 * The signatures of the token are verified first, so that no block is appended to a token that no verifier would
 * accept. Its expiry is not checked.
 *
 * @param token - The capability, URL-safe base64, with or without padding.
 * @param keys - The root public keys: one key, a map from root key id to key, or a resolver; see {@link Keys}.
 * @param options - See {@link AttenuateOptions}; at least one of `designations`, `anchor`, `attested` and `expiresIn`.
 * @returns The narrower token, URL-safe base64 with padding. The old one stays valid.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong: a second anchor, another value
 *   for a label that the token already binds, or a label that the schema does not know (`designations.<label>`), nothing to add (`options:`), or a value that
 *   makes the token too large for every verifier; with `keys:`; or with `token:` for a token that is sealed, or has as
 *   many blocks as a verifier reads.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`,
 *   `unsupported_block`, `wrong_kind`.
 *
 * @example
 * ```ts
 * import { attenuate, generateKeyPair, mintCapability } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const right = { subject: 'service:webapp', resource: 'invoices', operation: 'read' }
 * const token = await mintCapability(right, privateKey)
 * const narrow = await attenuate(token, publicKey, {
 *   designations: { tenantId: 'acme' },
 *   anchor: 'service:billing',
 *   expiresIn: '30s',
 * })
 * ```
 */
export async function attenuate<Definition extends SchemaDefinition = SchemaDefinition>(
  token: string,
  keys: Keys,
  options: AttenuateOptions<Definition>,
): Promise<string> {
  checkOptions('options', options, OPTIONS)
  const { expiresIn, schema, now = systemClock } = options
  const narrowing = readNarrowing(options as NarrowingOptions)
  checkSchema(schema)
  checkFunction('now', now)
  const expiration = expiresIn === undefined ? undefined : expirationOf('expiresIn', expiresIn, now)
  if (isEmpty(narrowing) && expiration === undefined) {
    throw new TypeError('options: must have designations, an anchor, attested or expiresIn')
  }

  const { token: proven, key } = await openToken(token, keys, 'capability')
  checkNoConflict(proven, narrowing)
  if (schema !== undefined) checkLabels(proven, narrowing, schema)
  const narrow = await appendBlock(proven, (block) => {
    writeNarrowing(block, narrowing)
    if (expiration !== undefined) writeExpiration(block, 't', expiration)
  })
  const { designations, anchor, attested } = options
  return checkWritten(narrow, key, () => largestOf({ expiresIn, designations, anchor, attested }), namedRequests)
}
