import type { PublicKey } from '../../keys/internal/keys.ts'
import { DEFAULT_LIMITS } from '../base/limits.ts'
import { type Kind, kindOf, wrongKind } from '../rules/kind.ts'
import type { Keys } from '../signature/root-key-source.ts'
import type { SignedBlock, Token } from '../token/decode-token.ts'
import { authenticateOnce } from './known-tokens.ts'

/** A token whose signatures are verified and to which a block may be appended. */
export interface OpenToken {
  readonly token: Token
  /** The root public key that the token was signed with. */
  readonly key: PublicKey
}

/**
 * Authenticates a token to which a block is to be appended, so that no block is appended to a token that no verifier
 * would accept. Its expiry is not checked.
 *
 * @throws `TypeError` that starts with `keys:`, or with `token:` for a token that is sealed or has as many blocks as a
 *   verifier reads.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `unavailable`, `invalid_signature`,
 *   `unsupported_block`; `wrong_kind` for a token of another kind.
 */
export async function openToken(text: string, keys: Keys, kind: Kind): Promise<OpenToken> {
  if (typeof text !== 'string') throw new TypeError('token: must be a string')
  const { token, root: key } = await authenticateOnce(text, keys)
  const authority = token.blocks[0] as SignedBlock
  if (kindOf(authority) !== kind) throw wrongKind(authority, kind)
  if (token.proof.type === 'finalSignature') throw new TypeError('token: is sealed, nothing can be appended')
  if (token.blocks.length >= DEFAULT_LIMITS.blocks) throw new TypeError('token: has as many blocks as a verifier reads')
  return { token, key }
}
