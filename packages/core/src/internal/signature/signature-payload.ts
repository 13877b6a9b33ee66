import type { PublicKey } from '../../keys/internal/keys.ts'
import { type Bytes, concatBytes, utf8 } from '../base/bytes.ts'
import type { SignedParts } from '../token/decode-token.ts'

/** The bytes that a block's signature covers (Biscuit specification, "Signature payload"; layouts 0 and 1). */
export function blockPayload(block: Omit<SignedParts, 'signature'>, previousSignature: Uint8Array | undefined): Bytes {
  if (block.payloadVersion === 0) {
    return concatBytes(block.payload, algorithmId(block.nextKey), block.nextKey.bytes)
  }
  return concatBytes(
    BLOCK,
    VERSION_1,
    PAYLOAD,
    block.payload,
    ALGORITHM,
    algorithmId(block.nextKey),
    NEXT_KEY,
    block.nextKey.bytes,
    ...(previousSignature === undefined ? [] : [PREVIOUS_SIGNATURE, previousSignature]),
    ...(block.external === undefined ? [] : [EXTERNAL_SIGNATURE, block.external.signature]),
  )
}

/**
 * The bytes that a third party signs: its block and the previous block's signature, so that the block cannot be moved.
 */
export function externalPayload(block: Pick<SignedParts, 'payload'>, previousSignature: Uint8Array): Bytes {
  return concatBytes(EXTERNAL, VERSION_1, PAYLOAD, block.payload, PREVIOUS_SIGNATURE, previousSignature)
}

/** The bytes that a seal covers: the last block, with its signature. */
export function sealPayload(last: SignedParts): Bytes {
  return concatBytes(last.payload, algorithmId(last.nextKey), last.nextKey.bytes, last.signature)
}

const BLOCK = utf8('\0BLOCK\0\0VERSION\0')
const EXTERNAL = utf8('\0EXTERNAL\0\0VERSION\0')
const VERSION_1 = Uint8Array.of(1, 0, 0, 0)
const PAYLOAD = utf8('\0PAYLOAD\0')
const ALGORITHM = utf8('\0ALGORITHM\0')
const NEXT_KEY = utf8('\0NEXTKEY\0')
const PREVIOUS_SIGNATURE = utf8('\0PREVSIG\0')
const EXTERNAL_SIGNATURE = utf8('\0EXTERNALSIG\0')

/** The algorithm's number in the schema, as a 32-bit little-endian integer. */
function algorithmId(key: PublicKey): Bytes {
  return Uint8Array.of(key.algorithm === 'ed25519' ? 0 : 1, 0, 0, 0)
}
