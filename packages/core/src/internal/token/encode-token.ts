import type { PublicKey } from '../../keys/internal/keys.ts'
import { encodeBase64Url } from '../base/base64url.ts'
import { encodeMessage } from '../wire/encode.ts'
import * as schema from '../wire/schema.ts'
import type { SignedParts, Token } from './decode-token.ts'

/** The parts of a token that are on the wire. */
export type TokenParts = Pick<Token, 'rootKeyId' | 'proof'> & { readonly blocks: readonly SignedParts[] }

/** Encodes a token, the mirror of `decodeToken`: URL-safe base64 with padding. */
export function encodeToken({ rootKeyId, blocks, proof }: TokenParts): string {
  const [authority, ...others] = blocks.map(wireBlock)
  if (authority === undefined) throw new TypeError('a token has an authority block')
  return encodeBase64Url(encodeMessage(schema.biscuit, { rootKeyId, authority, blocks: others, proof }))
}

function wireBlock({ payload, nextKey, signature, external, payloadVersion }: SignedParts): schema.WireSignedBlock {
  return {
    block: payload,
    nextKey: wireKey(nextKey),
    signature,
    externalSignature: external && { signature: external.signature, publicKey: wireKey(external.publicKey) },
    // The reference implementation writes no version 0.
    version: payloadVersion === 0 ? undefined : payloadVersion,
  }
}

function wireKey({ algorithm, bytes }: PublicKey): schema.WirePublicKey {
  return { algorithm, key: bytes }
}
