import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../../src/internal/base/limits.ts'
import { type Proof, ProofCache } from '../../../src/internal/read/proof-cache.ts'
import { decodeToken } from '../../../src/internal/token/decode-token.ts'
import { parsePublicKey } from '../../../src/keys/internal/keys.ts'
import { designationCheck } from '../../support/forge/datalog.ts'
import { mallory, root } from '../../support/keys.ts'
import { capability } from '../../support/verify.ts'

const key = parsePublicKey(root.publicKey, 'key')
const token = decodeToken(capability(undefined, [{ checks: [designationCheck('id', '7')] }]), DEFAULT_LIMITS)
const [authority, block] = token.serialized as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]

/** The bytes, with a number behind them. */
function numbered(bytes: Uint8Array<ArrayBuffer>, id: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(bytes.length + 4)
  longer.set(bytes)
  new DataView(longer.buffer).setUint32(bytes.length, id)
  return longer
}

/** A proof like that of the token, with a text, an authority block and a last block of its own. */
function proofOf(authorityId: number, id: number, characters = 10): Proof {
  const text = `${authorityId} ${id} `.padEnd(characters, 'A')
  return { root: key, token: { ...token, text, serialized: [numbered(authority, authorityId), numbered(block, id)] } }
}

describe('the cache of proofs', () => {
  it('of ten thousand tokens of as many holders, as many are kept as were asked for', () => {
    const cache = new ProofCache(500)
    for (let id = 0; id < 10_000; id++) cache.add(proofOf(id, 0))
    expect(cache.size).toBe(500)
    expect(cache.find(proofOf(9_999, 0).token.text)).toBeDefined()
    expect(cache.find(proofOf(9_499, 0).token.text)).toBeUndefined()
  })

  it('of ten thousand tokens with one authority block 64 are kept, those that were used last', () => {
    const cache = new ProofCache(500)
    const first = proofOf(1, 0).token.text
    for (let id = 0; id < 10_000; id++) {
      cache.add(proofOf(1, id))
      cache.find(first)
    }
    expect(cache.size).toBe(64)
    expect(cache.find(first)).toBeDefined()
    expect(cache.find(proofOf(1, 9_999).token.text)).toBeDefined()
    expect(cache.find(proofOf(1, 9_000).token.text)).toBeUndefined()
  })

  it('a token counts once for each 1,024 characters, and one that is longer than the cache is not kept', () => {
    const cache = new ProofCache(8)
    for (let id = 0; id < 10; id++) cache.add(proofOf(id, 0, 4096))
    expect(cache.size).toBe(2)
    cache.add(proofOf(11, 0, 8 * 1024 + 1))
    expect(cache.size).toBe(2)
  })

  it('the blocks of a token are forgotten with the last token that has them', () => {
    const cache = new ProofCache(2)
    const first = proofOf(1, 7)
    cache.add(first)
    expect(cache.findBlocks(first.token.serialized)?.blocks).toHaveLength(2)
    expect(cache.findBlocks(proofOf(1, 8).token.serialized)?.blocks).toHaveLength(1)
    for (const id of [10, 11]) cache.add(proofOf(1, id))
    expect(cache.findBlocks(first.token.serialized)?.blocks).toHaveLength(1)
    for (const id of [2, 3]) cache.add(proofOf(id, 0))
    expect(cache.findBlocks(first.token.serialized)).toBeUndefined()
  })

  it('a token that was proven with another root key replaces what was known of its authority block', () => {
    const cache = new ProofCache(8)
    for (const id of [1, 2]) cache.add(proofOf(1, id))
    const other = { ...proofOf(1, 3), root: parsePublicKey(mallory.publicKey, 'key') }
    cache.add(other)
    expect(cache.size).toBe(1)
    expect(cache.findBlocks(other.token.serialized)?.root.text).toBe(mallory.publicKey)
    expect(cache.findBlocks(proofOf(1, 1).token.serialized)?.blocks).toHaveLength(1)
  })

  it('a token that is added again takes the place of the first proof', () => {
    const cache = new ProofCache(8)
    const [first, second] = [proofOf(1, 1), proofOf(1, 1)]
    for (const proof of [first, second, second]) cache.add(proof)
    expect(cache.size).toBe(1)
    expect(cache.find(first.token.text)).toBe(second)
  })

  it('extending the symbols of known blocks changes no other copy of them', () => {
    const cache = new ProofCache(8)
    const proof = proofOf(1, 1)
    cache.add(proof)
    const [one, two] = [0, 1].map(() => cache.findBlocks(proof.token.serialized)?.symbols)
    one?.extend(['new'], [])
    expect(two?.size).toEqual(token.symbols.size)
    expect(token.symbols.size).toEqual(token.sizes.at(-1))
  })
})
