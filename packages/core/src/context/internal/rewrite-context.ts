import { checkWritten } from '../../internal/write/check-written.ts'
import type { OpenContext } from './open-context.ts'
import { restrictionsOf } from './restrictions.ts'
import { type NewContext, writeContext } from './write-context.ts'

/**
 * Writes a context again in one block, with all its restrictions and all labels that its authority has recorded.
 *
 * @param changes - The members that change.
 * @param name - The option to report if the result is too large.
 * @throws `TypeError` that starts with `name` if the result is too large for every verifier.
 * @throws `CapabilityError`: `unsupported_block` for content that would be lost.
 */
export async function rewriteContext(
  open: OpenContext,
  changes: Partial<Pick<NewContext, 'subject' | 'exposures' | 'sources' | 'expiration'>>,
  name: string,
): Promise<string> {
  const { token, signer, subject, exposures, sources, time, end } = open
  const context = { subject, exposures, sources, expiration: end, ...changes }
  // A recorded exposure rejects its label already, so a restriction with this label adds nothing.
  const restrictions = restrictionsOf(token.blocks, signer.publicKey).filter(
    (labels) => !labels.some((label) => context.exposures.includes(label)),
  )
  const written = await writeContext(signer, token.rootKeyId, { ...context, restrictions, time })
  return checkWritten(written, signer.publicKey, name)
}
