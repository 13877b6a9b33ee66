import { checkOptions } from '../internal/base/options.ts'
import { openToken } from '../internal/read/open-token.ts'
import type { Keys } from '../internal/signature/root-key-source.ts'
import type { SignedBlock } from '../internal/token/decode-token.ts'
import { appendBlock } from '../internal/write/append-block.ts'
import { checkWritten } from '../internal/write/check-written.ts'
import { checkNewExposures } from './internal/check-new-exposures.ts'
import { writeReject } from './internal/context-block.ts'
import { recordedIn, subjectOf } from './internal/read-context.ts'

/** Which exposures a holder excludes. */
export interface ExcludeExposuresOptions {
  /** The labels, at least one. */
  readonly exposures: readonly string[]
}

/**
 * Narrows a context without a private key: from now on it is refused wherever one of the labels is excluded, as if the
 * session had been exposed. Use it for a child session that takes its parent's context along, or when you know of an
 * exposure before the authority does.
 *
 * The labels do not appear among the `exposures` of the context, because the authority has not recorded them. Expiry is
 * not checked.
 *
 * @param token - The context, URL-safe base64, with or without padding.
 * @param keys - The root public keys: one key, a map from root key id to key, or a resolver; see {@link Keys}.
 * @param options - See {@link ExcludeExposuresOptions}.
 * @returns The narrower context. The old one stays valid.
 * @throws `TypeError` that starts with `exposures` if a label is invalid, there is none, or the result is too large for
 *   every verifier; with the name of an unknown option; with `keys:`; or with `token:` for a token that is sealed, or
 *   has as many blocks as a verifier reads.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`,
 *   `unsupported_block`, `wrong_kind`.
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
  // No block is appended to a context that no verifier would accept.
  subjectOf(proven.blocks[0] as SignedBlock)
  recordedIn(proven.blocks, key)
  const narrow = await appendBlock(proven, (block) => {
    for (const label of labels) writeReject(block, [label])
  })
  return checkWritten(narrow, key, 'exposures')
}
