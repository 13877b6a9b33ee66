import { type OpenToken, openToken } from '../../internal/read/open-token.ts'
import { subjectOf } from '../../internal/rules/kind.ts'
import type { Keys } from '../../internal/signature/root-key-source.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import { nameBoundsOf } from './name-bounds.ts'

/**
 * Authenticates an identity to which a block is to be appended, and makes sure that verifiers can read its checks about
 * names.
 *
 * @throws `TypeError` and `CapabilityError` as `openToken`; also `unsupported_block` for a check about names in another
 *   form.
 */
export async function openIdentity(text: string, keys: Keys): Promise<OpenToken> {
  const open = await openToken(text, keys, 'identity')
  const { blocks } = open.token
  nameBoundsOf(blocks, subjectOf(blocks[0] as SignedBlock, 'identity'))
  return open
}
