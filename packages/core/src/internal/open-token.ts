import { DEFAULT_LIMITS } from '../limits.ts'
import { rootKeys } from './crypto/root-keys.ts'
import { type Kind, kindOf, subjectOf, wrongKind } from './decide/kind.ts'
import { nameBoundsOf } from './decide/name-bounds.ts'
import { type PublicKey, parsePublicKey } from './keys.ts'
import { readToken } from './read-token.ts'
import type { SignedBlock, Token } from './token/decode-token.ts'

/** A token that is proven and may be built upon. */
export interface OpenToken {
  readonly token: Token
  /** The root public key. */
  readonly key: PublicKey
}

/**
 * Reads and proves a token to which a block is to be appended, so that nothing is built on one that no verifier would accept. Its life
 * is not looked at.
 *
 * Errors: `TypeError` that starts with `publicKey:`, or with `token:` for one that is sealed or has as many blocks as a verifier reads;
 * `malformed_token`, `limits_exceeded`, `invalid_signature`, `unsupported_block`; `wrong_kind` for a token of another kind.
 */
export async function openToken(text: string, publicKey: string, kind: Kind): Promise<OpenToken> {
  if (typeof text !== 'string') throw new TypeError('token: must be a string')
  const key = parsePublicKey(publicKey, 'publicKey')
  const { token } = await readToken(text, rootKeys(key.text))
  const authority = token.blocks[0] as SignedBlock
  if (kindOf(authority) !== kind) throw wrongKind(authority, kind)
  if (kind === 'identity') nameBoundsOf(token.blocks, subjectOf(authority, kind))
  if (token.proof.type === 'finalSignature') throw new TypeError('token: is sealed, nothing can be appended')
  if (token.blocks.length >= DEFAULT_LIMITS.blocks) throw new TypeError('token: has as many blocks as a verifier reads')
  return { token, key }
}
