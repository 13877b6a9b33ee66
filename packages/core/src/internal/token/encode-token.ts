import type { PublicKey } from '../../keys/internal/keys.ts'
import { encodeBase64Url } from '../base/base64url.ts'
import type { Bytes } from '../base/bytes.ts'
import { encodeMessage } from '../wire/encode.ts'
import * as schema from '../wire/schema.ts'
import type { SignedParts, Token } from './decode-token.ts'

/** The parts of a token that are on the wire. */
export type TokenParts = Pick<Token, 'rootKeyId' | 'proof' | 'serialized'>

/** Encodes a token, the mirror of `decodeToken`: URL-safe base64 with padding. */
export function encodeToken({ rootKeyId, serialized, proof }: TokenParts): string {
  const [authority, ...blocks] = serialized
  if (authority === undefined) throw new TypeError('a token has an authority block')
  return encodeBase64Url(encodeMessage(schema.biscuit, { rootKeyId, authority, blocks, proof }))
}

/** Encodes a block as it stands in a token. */
export function encodeSignedBlock({ payload, nextKey, signature, external, payloadVersion }: SignedParts): Bytes {
  return encodeMessage(schema.signedBlock, {
    block: payload,
    nextKey: wireKey(nextKey),
    signature,
    externalSignature: external && { signature: external.signature, publicKey: wireKey(external.publicKey) },
    // The reference implementation writes no version 0.
    version: payloadVersion === 0 ? undefined : payloadVersion,
  })
}

function wireKey({ algorithm, bytes }: PublicKey): schema.WirePublicKey {
  return { algorithm, key: bytes }
}
