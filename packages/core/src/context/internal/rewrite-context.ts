import { checkWritten } from '../../internal/write/check-written.ts'
import type { OpenContext } from './open-context.ts'
import { restrictionsOf } from './restrictions.ts'
import { type NewContext, writeContext } from './write-context.ts'

/**
 * Writes a context anew, in one block, with every restriction that it has and every label that its authority has recorded.
 *
 * Errors: `unsupported_block` for anything in it that cannot be taken along; `TypeError` that starts with `name` for a result that no
 * verifier would read.
 *
 * @param changes - What is to be different.
 */
export function rewriteContext(
  open: OpenContext,
  changes: Partial<Pick<NewContext, 'subject' | 'exposures' | 'sources' | 'expiration'>>,
  name: string,
): string {
  const { token, signer, subject, exposures, sources, time, end } = open
  const context = { subject, exposures, sources, expiration: end, ...changes }
  // What is rejected as an exposure need not be rejected twice, nor together with another label.
  const restrictions = restrictionsOf(token.blocks, signer.publicKey).filter(
    (labels) => !labels.some((label) => context.exposures.includes(label)),
  )
  const written = writeContext(signer.privateKey, token.rootKeyId, { ...context, restrictions, time })
  return checkWritten(written, signer.publicKey, name)
}
