import { type PublicKey, publicKeyFromBytes } from '../../keys/internal/keys.ts'
import { decodeBase64Url } from '../base/base64url.ts'
import type { Bytes } from '../base/bytes.ts'
import type { Limits } from '../base/limits.ts'
import { malformed, tooLarge } from '../base/unproven.ts'
import * as schema from '../wire/schema.ts'
import { decodeMessage } from '../wire/wire.ts'
import type { Block } from './datalog.ts'
import { decodeBlock, validKey } from './decode-block.ts'
import { SymbolTable } from './symbols.ts'

/** One block as signed, beside what it states. */
export interface SignedBlock {
  /** The serialized content, exactly as signed. */
  readonly payload: Bytes
  readonly nextKey: PublicKey
  readonly signature: Bytes
  /** Present on a third-party block. */
  readonly external: { readonly signature: Bytes; readonly publicKey: PublicKey } | undefined
  /** Version of the signed payload's layout. */
  readonly payloadVersion: 0 | 1
  readonly content: Block
}

/** A decoded token, of which nothing is proven. */
export interface Token {
  readonly text: string
  /** A hint by whoever sent the token: no signature covers it. */
  readonly rootKeyId: number | undefined
  /** The authority block first. */
  readonly blocks: readonly SignedBlock[]
  readonly proof: { readonly type: 'nextSecret' | 'finalSignature'; readonly value: Bytes }
}

/**
 * Decodes a token and holds it against the limits, before any signature is checked.
 *
 * Errors: `malformed_token`, `limits_exceeded`.
 */
export function decodeToken(text: string, limits: Limits): Token {
  if (text.length > limits.textLength) throw tooLarge('textLength')
  const wire = decodeMessage(schema.biscuit, decodeBase64Url(text))
  const wireBlocks = [wire.authority, ...wire.blocks]
  assertCounts(wire, wireBlocks, limits)
  assertPayloadVersions(wireBlocks)
  const shared = new SymbolTable()
  const blocks = wireBlocks.map((block) => decodeSignedBlock(block, shared, limits))
  assertStatements(blocks, limits)
  return { text, rootKeyId: wire.rootKeyId, blocks, proof: wire.proof }
}

function decodeSignedBlock(wire: schema.WireSignedBlock, shared: SymbolTable, limits: Limits): SignedBlock {
  const external = wire.externalSignature
  return {
    payload: wire.block,
    nextKey: publicKey(wire.nextKey),
    signature: wire.signature,
    external: external && { signature: external.signature, publicKey: publicKey(external.publicKey) },
    payloadVersion: wire.version === 1 ? 1 : 0,
    content: decodeBlock(wire.block, external !== undefined, shared, limits),
  }
}

function publicKey(wire: schema.WirePublicKey): PublicKey {
  const { algorithm, key } = validKey(wire)
  return publicKeyFromBytes(algorithm, key)
}

function assertCounts(wire: schema.WireBiscuit, blocks: readonly schema.WireSignedBlock[], limits: Limits): void {
  const external = blocks.filter((block) => block.externalSignature !== undefined).length
  const signatures = blocks.length + external + (wire.proof.type === 'finalSignature' ? 1 : 0)
  if (blocks.length > limits.blocks) throw tooLarge('blocks')
  if (signatures > limits.signatures) throw tooLarge('signatures')
}

/**
 * Layout 0 does not cover the previous signature. After a block that does, and on a third-party block, it would let blocks be
 * moved between tokens.
 */
function assertPayloadVersions(blocks: readonly schema.WireSignedBlock[]): void {
  let least = 0
  for (const [index, { version = 0, externalSignature }] of blocks.entries()) {
    if (version > 1 || version < least) throw malformed()
    if (externalSignature !== undefined && (index === 0 || version !== 1)) throw malformed()
    least = version
  }
}

function assertStatements(blocks: readonly SignedBlock[], limits: Limits): void {
  const count = (key: 'facts' | 'checks') => blocks.reduce((sum, block) => sum + block.content[key].length, 0)
  if (count('facts') > limits.facts) throw tooLarge('facts')
  if (count('checks') > limits.checks) throw tooLarge('checks')
}
