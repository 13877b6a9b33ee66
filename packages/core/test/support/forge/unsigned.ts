import { DEFAULT_LIMITS } from '../../../src/internal/base/limits.ts'
import { decodeBlock } from '../../../src/internal/token/decode-block.ts'
import type { SignedBlock } from '../../../src/internal/token/decode-token.ts'
import { SymbolTable } from '../../../src/internal/token/symbols.ts'
import { parsePublicKey } from '../../../src/keys/internal/keys.ts'
import { root } from '../keys.ts'
import { EMPTY_TABLES, encodeBlock } from './block.ts'
import { publicKeyOf } from './crypto.ts'
import type { BlockSpec } from './model.ts'

const NOTHING = new Uint8Array()
const nextKey = parsePublicKey(root.publicKey, 'nextKey')
const signers = new Map<string, string>()

/** Blocks as they are decoded, for tests of what comes after the proof. No signature is made, so that a test can have thousands. */
export function unsignedBlocks(specs: readonly BlockSpec[]): readonly SignedBlock[] {
  const table = new SymbolTable()
  let tables = EMPTY_TABLES
  return specs.map((spec) => {
    const signer = spec.signing?.external
    const encoded = encodeBlock(spec, tables, signer !== undefined)
    tables = encoded.tables
    const payload = Uint8Array.from(encoded.bytes)
    return {
      payload,
      nextKey,
      signature: NOTHING,
      external:
        signer === undefined ? undefined : { signature: NOTHING, publicKey: parsePublicKey(known(signer), 'signer') },
      payloadVersion: 1,
      content: decodeBlock(payload, signer !== undefined, table, DEFAULT_LIMITS),
    }
  })
}

function known(privateKey: string): string {
  const publicKey = signers.get(privateKey) ?? publicKeyOf(privateKey)
  signers.set(privateKey, publicKey)
  return publicKey
}
