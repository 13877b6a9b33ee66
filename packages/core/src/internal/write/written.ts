import type { Limits } from '../base/limits.ts'
import { decodeToken, type Token } from '../token/decode-token.ts'

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

/** A token of which nothing is decoded yet. */
export function writtenText(text: string): Written {
  return { text, read: (limits) => decodeToken(text, limits) }
}
