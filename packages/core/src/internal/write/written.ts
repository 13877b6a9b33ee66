import type { Limits } from '../base/limits.ts'
import { decodeToken, type KnownBlocks, type Token } from '../token/decode-token.ts'

/** A token that was just written. */
export interface Written {
  readonly text: string
  /**
   * Decodes it with the reader.
   *
   * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`.
   */
  read(limits: Limits): Token
}

/**
 * Wraps the text of a token.
 *
 * @param parent - The token that it extends; its blocks are not decoded again. Default: none.
 */
export function writtenText(text: string, parent?: Token): Written {
  return { text, read: (limits) => decodeToken(text, limits, () => parent && knownBlocks(parent)) }
}

function knownBlocks({ blocks, sizes, symbols }: Token): KnownBlocks {
  return { blocks, sizes, symbols: symbols.copy() }
}
