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

/** One block as signed, with its decoded content. */
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

/** What of a signed block is on the wire: all but its decoded content. */
export type SignedParts = Omit<SignedBlock, 'content'>

/** A decoded token. Decoding alone proves nothing about it. */
export interface Token {
  readonly text: string
  /** A hint by the sender of the token: no signature covers it. */
  readonly rootKeyId: number | undefined
  /** The authority block first. */
  readonly blocks: readonly SignedBlock[]
  readonly proof: { readonly type: 'nextSecret' | 'finalSignature'; readonly value: Bytes }
  /** The symbols and keys that the next first-party block can refer to. */
  readonly symbols: SymbolTable
}

/**
 * Decodes a token and applies the limits, before any signature is checked.
 *
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`.
 */
export function decodeToken(text: string, limits: Limits): Token {
  if (text.length > limits.textLength) throw tooLarge('textLength')
  const wire = decodeMessage(schema.biscuit, decodeBase64Url(text))
  const wireBlocks = [wire.authority, ...wire.blocks]
  const thirdParties = wireBlocks.filter((block) => block.externalSignature !== undefined).length
  assertCounts(wireBlocks.length, thirdParties, wire.proof, limits)
  assertPayloadVersions(wireBlocks)
  const shared = new SymbolTable()
  const blocks = wireBlocks.map((block) => decodeSignedBlock(block, shared, limits))
  assertStatements(blocks, limits)
  return { text, rootKeyId: wire.rootKeyId, blocks, proof: wire.proof, symbols: shared }
}

/**
 * A decoded token after a block was appended to it, of which only that block is decoded. It is as `decodeToken` would
 * read `text`, if that is the token with the block.
 *
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`.
 */
export function extendToken(token: Token, text: string, block: SignedParts, proof: Token['proof'], limits: Limits) {
  if (text.length > limits.textLength) throw tooLarge('textLength')
  const symbols = token.symbols.copy()
  const content = decodeBlock(block.payload, block.external !== undefined, symbols, limits)
  const blocks = [...token.blocks, { ...block, content }]
  assertCounts(blocks.length, blocks.filter(({ external }) => external !== undefined).length, proof, limits)
  assertStatements(blocks, limits)
  return { text, rootKeyId: token.rootKeyId, blocks, proof, symbols } satisfies Token
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

function assertCounts(blocks: number, thirdParties: number, { type }: Token['proof'], limits: Limits): void {
  const signatures = blocks + thirdParties + (type === 'finalSignature' ? 1 : 0)
  if (blocks > limits.blocks) throw tooLarge('blocks')
  if (signatures > limits.signatures) throw tooLarge('signatures')
}

/**
 * Layout 0 does not cover the previous signature, layout 1 does. A block of layout 0 after one of layout 1, and a
 * third-party block of layout 0, could be moved to another token, so both are refused.
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
