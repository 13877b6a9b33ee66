import { type PublicKey, publicKeyFromBytes } from '../../keys/internal/keys.ts'
import { decodeBase64Url } from '../base/base64url.ts'
import type { Bytes } from '../base/bytes.ts'
import type { Limits } from '../base/limits.ts'
import { malformed, tooLarge } from '../base/unproven.ts'
import * as schema from '../wire/schema.ts'
import { decodeMessage } from '../wire/wire.ts'
import type { Block } from './datalog.ts'
import { decodeBlock, validKey } from './decode-block.ts'
import { SymbolTable, type TableSize } from './symbols.ts'

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
  /** Each block as it is serialized: content, next key, signatures and version. */
  readonly serialized: readonly Bytes[]
  /** The symbols and keys that the next first-party block can refer to. */
  readonly symbols: SymbolTable
  /** How large that table was after each block. */
  readonly sizes: readonly TableSize[]
}

/** The decoded blocks of another token that begins with the same bytes. */
export interface KnownBlocks {
  readonly blocks: readonly SignedBlock[]
  readonly sizes: readonly TableSize[]
  /** The table after them, to be extended. */
  readonly symbols: SymbolTable
}

/**
 * Decodes a token and applies the limits, before any signature is checked.
 *
 * @param known - Finds blocks that are decoded already, by their serialized bytes. They must have been decoded with the
 *   same limits. Default: none is known.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`.
 */
export function decodeToken(
  text: string,
  limits: Limits,
  known: (serialized: readonly Bytes[]) => KnownBlocks | undefined = () => undefined,
): Token {
  if (text.length > limits.textLength) throw tooLarge('textLength')
  const wire = decodeMessage(schema.biscuit, decodeBase64Url(text))
  const serialized = [wire.authority, ...wire.blocks]
  const start = known(serialized)
  const decoded = start?.blocks ?? []
  const others = serialized.slice(decoded.length).map((bytes) => decodeMessage(schema.signedBlock, bytes))
  assertCounts(decoded, others, wire.proof.type === 'finalSignature', limits)
  assertPayloadVersions(others, decoded)
  const symbols = start?.symbols ?? new SymbolTable()
  const blocks = [...decoded]
  const sizes = [...(start?.sizes ?? [])]
  for (const block of others) {
    blocks.push(decodeSignedBlock(block, symbols, limits))
    sizes.push(symbols.size)
  }
  assertStatements(blocks, limits)
  return { text, rootKeyId: wire.rootKeyId, blocks, proof: wire.proof, serialized, symbols, sizes }
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

function assertCounts(
  decoded: readonly SignedBlock[],
  others: readonly schema.WireSignedBlock[],
  sealed: boolean,
  limits: Limits,
): void {
  const blocks = decoded.length + others.length
  const external =
    decoded.filter((block) => block.external !== undefined).length +
    others.filter((block) => block.externalSignature !== undefined).length
  if (blocks > limits.blocks) throw tooLarge('blocks')
  if (blocks + external + (sealed ? 1 : 0) > limits.signatures) throw tooLarge('signatures')
}

/**
 * Layout 0 does not cover the previous signature, layout 1 does. A block of layout 0 after one of layout 1, and a
 * third-party block of layout 0, could be moved to another token, so both are refused.
 */
function assertPayloadVersions(others: readonly schema.WireSignedBlock[], decoded: readonly SignedBlock[]): void {
  let least: number = decoded.at(-1)?.payloadVersion ?? 0
  for (const [index, { version = 0, externalSignature }] of others.entries()) {
    if (version > 1 || version < least) throw malformed()
    if (externalSignature !== undefined && (decoded.length + index === 0 || version !== 1)) throw malformed()
    least = version
  }
}

function assertStatements(blocks: readonly SignedBlock[], limits: Limits): void {
  const count = (key: 'facts' | 'checks') => blocks.reduce((sum, block) => sum + block.content[key].length, 0)
  if (count('facts') > limits.facts) throw tooLarge('facts')
  if (count('checks') > limits.checks) throw tooLarge('checks')
}
