import { externalPayload, sealPayload } from '../signature/signature-payload.ts'
import type { SignedBlock, Token } from '../token/decode-token.ts'
import { encodeBlock } from '../token/encode-block.ts'
import { encodeSignedBlock, encodeToken } from '../token/encode-token.ts'
import { SymbolTable } from '../token/symbols.ts'
import { signBlock } from './sign-block.ts'
import { localKey, type SigningKey } from './signing-key.ts'
import { type StatementWriter, statementsOf } from './statements.ts'
import { type Written, writtenText } from './written.ts'

/**
 * Appends one block to an open token.
 *
 * @param token - A token that was authenticated.
 * @param signer - Signs the block as a third party. Default: the block is the holder's own.
 */
export async function appendBlock(
  token: Token,
  write: (block: StatementWriter) => void,
  signer?: SigningKey,
): Promise<Written> {
  // A third party sees no other block, so its block has a table of its own.
  const table = signer === undefined ? token.symbols.copy() : new SymbolTable()
  const content = encodeBlock({ ...statementsOf(write), rules: [], scopes: [] }, signer !== undefined, table)
  const external = signer && {
    publicKey: signer.publicKey,
    signature: await signer.sign(externalPayload(content, lastOf(token).signature)),
  }
  const { block, next } = await signBlock({ ...content, external }, holderKey(token), token.blocks)
  const proof = { type: 'nextSecret', value: next.privateKey.bytes } as const
  const serialized = [...token.serialized, encodeSignedBlock(block)]
  return writtenText(encodeToken({ rootKeyId: token.rootKeyId, serialized, proof }), token)
}

/** Seals an open token that was authenticated. */
export async function sealToken(token: Token): Promise<Written> {
  const value = await holderKey(token).sign(sealPayload(lastOf(token)))
  return writtenText(encodeToken({ ...token, proof: { type: 'finalSignature', value } }))
}

/** Imported keys of tokens that are attenuated again and again. */
const holderKeys = new WeakMap<Token, SigningKey>()

/** The key that an open token carries, which signs what its holder appends. */
function holderKey(token: Token): SigningKey {
  const { nextKey } = lastOf(token)
  const key = holderKeys.get(token) ?? localKey({ algorithm: nextKey.algorithm, bytes: token.proof.value }, nextKey)
  holderKeys.set(token, key)
  return key
}

function lastOf({ blocks }: Token): SignedBlock {
  return blocks.at(-1) as SignedBlock
}
