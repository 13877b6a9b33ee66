import { type OpenToken, openToken } from '../../internal/read/open-token.ts'
import { subjectOf } from '../../internal/rules/kind.ts'
import type { Keys } from '../../internal/signature/root-key-source.ts'
import type { SignedBlock } from '../../internal/token/decode-token.ts'
import { nameBoundsOf } from './name-bounds.ts'

/**
 * Reads and proves an identity to which a block is to be appended, and its checks about names, which every verifier reads.
 *
 * Errors: those of `openToken`; `unsupported_block` for a check about names that nobody reads.
 */
export async function openIdentity(text: string, keys: Keys): Promise<OpenToken> {
  const open = await openToken(text, keys, 'identity')
  const { blocks } = open.token
  nameBoundsOf(blocks, subjectOf(blocks[0] as SignedBlock, 'identity'))
  return open
}
