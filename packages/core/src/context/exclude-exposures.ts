import { checkOptions } from '../internal/base/options.ts'
import { openToken } from '../internal/read/open-token.ts'
import type { Keys } from '../internal/signature/root-key-source.ts'
import type { SignedBlock } from '../internal/token/decode-token.ts'
import { checkWritten } from '../internal/write/check-written.ts'
import { writeBlock } from '../internal/write/write-token.ts'
import { checkNewExposures } from './internal/check-new-exposures.ts'
import { recordedIn, subjectOf } from './internal/read-context.ts'
import { writeReject } from './internal/write-context.ts'

/** What a holder wants to be refused for. */
export interface ExcludeExposuresOptions {
  /** The labels, at least one. */
  readonly exposures: readonly string[]
}

/**
 * Narrows a context without any private key: from now on it is refused, as if it were exposed, wherever one of the labels is excluded.
 * For a child that takes its parent's context along, or whoever knows what it has read before the authority does.
 *
 * The labels are not among the `exposures` of the context, for the authority has not recorded them. Expiry is not looked at.
 *
 * @param token - The context, URL-safe base64, with padding or without.
 * @param keys - The root public keys: one key, a map from root key id to key, or a resolver; see {@link Keys}.
 * @param options - See {@link ExcludeExposuresOptions}.
 * @returns The narrower context. The old one is still good.
 * @throws `TypeError` that starts with `exposures` if one is no label, there is none, or no verifier would read the result; with
 *   the name of an unknown option; with `keys:`; or with `token:` for a token that is sealed, or has as many blocks as a verifier reads.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`, `unsupported_block`, `wrong_kind`.
 *
 * @example
 * ```ts
 * import { excludeExposures, generateKeyPair, mintContext } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const context = await mintContext({ subject: 'agent:alice' }, privateKey)
 * const careful = await excludeExposures(context, publicKey, { exposures: ['pii'] })
 * ```
 */
export async function excludeExposures(token: string, keys: Keys, options: ExcludeExposuresOptions): Promise<string> {
  checkOptions('options', options, { exposures: true })
  const labels = checkNewExposures(options.exposures)
  if (labels.length === 0) throw new TypeError('exposures: must have at least one label')
  const { token: proven, key } = await openToken(token, keys, 'context')
  // Nothing is built on what no verifier would accept.
  subjectOf(proven.blocks[0] as SignedBlock)
  recordedIn(proven.blocks, key)
  const narrow = writeBlock(token, key, (block) => {
    for (const label of labels) writeReject(block, [label])
  })
  return checkWritten(narrow, key, 'exposures')
}
