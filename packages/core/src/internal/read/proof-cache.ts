import { createLRU } from 'lru.min'
import type { PublicKey } from '../../keys/internal/keys.ts'
import { type Bytes, characters } from '../base/bytes.ts'
import type { KnownBlocks, SignedBlock, Token } from '../token/decode-token.ts'
import type { TableSize } from '../token/symbols.ts'

/** A token that is proven, with the root key that it was proven with. */
export interface Proof {
  readonly token: Token
  readonly root: PublicKey
}

/** The blocks that a token begins with, and how they are proven. */
export interface ProvenBlocks extends KnownBlocks {
  /** The root key that signed the first of them. */
  readonly root: PublicKey
}

/** At most so many tokens are kept that begin with one authority block, a longer one counting several times. */
const MAX_IN_GROUP = 64
/** The library reserves room at once, and many a verifier reads few tokens: there is room for so many groups at first. */
const FIRST_ROOM = 16
/** A token counts once for each so many characters that it has begun. */
const CHARACTERS = 1024

/**
 * Remembers proven tokens, by their exact text, and with them the blocks that they begin with, by their exact bytes.
 *
 * Tokens with the same authority block form a group of limited size. The group that was used least recently is
 * forgotten first. Whoever holds one token can make any number of narrower ones, and displaces only those.
 *
 * It must be asked only for what does not depend on the request, the clock, revocation or a ledger. All of it was read
 * with the same limits.
 */
export class ProofCache<P extends Proof> {
  readonly #max: number
  readonly #texts = new Map<string, Entry<P>>()
  /** By the bytes of the authority block. */
  readonly #groups: ReturnType<typeof createLRU<string, Group<P>>>
  #weight = 0

  /** @param tokens - How many tokens of up to 1,024 characters are kept. A longer one counts several times. */
  constructor(tokens: number) {
    this.#max = tokens
    this.#groups = createLRU<string, Group<P>>({
      max: Math.min(FIRST_ROOM, tokens),
      onEviction: (_key, group) => this.#forgetAll(group),
    })
  }

  /** The proof of a token. The caller must compare its root key with the key that is trusted now. */
  find(text: string): P | undefined {
    const entry = this.#texts.get(text)
    if (entry === undefined) return undefined
    const { group, proof } = entry
    this.#groups.get(group.first.bytes)
    if (group.entries.size > 1) {
      group.entries.delete(text)
      group.entries.set(text, entry)
    }
    return proof
  }

  /** The longest run of blocks, from the first, that a token that is kept begins with as well. */
  findBlocks([authority, ...others]: readonly Bytes[]): ProvenBlocks | undefined {
    const group = authority && this.#groups.get(toKey(authority))
    if (group === undefined) return undefined
    let last = group.first
    const nodes = [last]
    for (const bytes of others) {
      const next = last.children.get(toKey(bytes))
      if (next === undefined) break
      nodes.push(next)
      last = next
    }
    return {
      root: group.root,
      blocks: nodes.map(({ block }) => block),
      sizes: nodes.map(({ size }) => size),
      symbols: last.origin.symbols.copy(last.size),
    }
  }

  /** Remembers a proven token. */
  add(proof: P): void {
    const { token, root } = proof
    const known = this.#texts.get(token.text)
    if (known?.proof === proof) return
    if (known !== undefined) this.#forget(known)
    const weight = Math.ceil(token.text.length / CHARACTERS)
    const most = Math.min(MAX_IN_GROUP, this.#max)
    if (weight > most) return
    const group = this.#groupOf(token, root)
    for (const oldest of group.entries.values()) {
      if (group.weight + weight <= most) break
      this.#forget(oldest)
    }
    const entry: Entry<P> = { proof, group, weight, last: use(group.first, token) }
    group.entries.set(token.text, entry)
    group.weight += weight
    this.#texts.set(token.text, entry)
    this.#weight += weight
    // The group itself is the one that was used last.
    while (this.#weight > this.#max) this.#groups.evict(1)
  }

  /** How many tokens are kept. */
  get size(): number {
    return this.#texts.size
  }

  #groupOf(token: Token, root: PublicKey): Group<P> {
    const bytes = toKey(token.serialized[0] as Bytes)
    const known = this.#groups.get(bytes)
    if (known?.root.text === root.text) return known
    if (known !== undefined) this.#groups.delete(bytes)
    const group: Group<P> = { root, first: nodeOf(token, 0, bytes, undefined), entries: new Map(), weight: 0 }
    const { size, max } = this.#groups
    if (size === max && max < this.#max) this.#groups.resize(Math.min(2 * max, this.#max))
    this.#groups.set(bytes, group)
    return group
  }

  #forget({ proof: { token }, group, weight, last }: Entry<P>): void {
    this.#texts.delete(token.text)
    group.entries.delete(token.text)
    group.weight -= weight
    this.#weight -= weight
    release(last)
  }

  #forgetAll(group: Group<P>): void {
    for (const entry of group.entries.values()) this.#forget(entry)
  }
}

interface Entry<P> {
  readonly proof: P
  readonly group: Group<P>
  readonly weight: number
  readonly last: Node
}

/** The tokens that begin with one authority block, the least recently used first. */
interface Group<P> {
  readonly root: PublicKey
  readonly first: Node
  /** A plain map: it is small, and the LRU library reserves the room for all entries at once. */
  readonly entries: Map<string, Entry<P>>
  weight: number
}

/** One block, after all those above it. It is kept as long as a token that has it is. */
interface Node {
  /** The block as serialized, one character per byte. */
  readonly bytes: string
  readonly block: SignedBlock
  /** The size of the symbol table after it. */
  readonly size: TableSize
  /** The token that it was decoded in, whose table has all these entries and maybe more. */
  readonly origin: Pick<Token, 'symbols'>
  readonly parent: Node | undefined
  readonly children: Map<string, Node>
  /** How many tokens have it. */
  tokens: number
}

function nodeOf(token: Token, index: number, bytes: string, parent: Node | undefined): Node {
  const [block, size] = [token.blocks[index] as SignedBlock, token.sizes[index] as TableSize]
  return { bytes, block, size, origin: { symbols: token.symbols }, parent, children: new Map(), tokens: 0 }
}

/** Adds the blocks of a token, and returns the node of its last one. */
function use(first: Node, token: Token): Node {
  let last = first
  last.tokens++
  for (const [index, serialized] of token.serialized.entries()) {
    if (index === 0) continue
    const bytes = toKey(serialized)
    const next = last.children.get(bytes) ?? nodeOf(token, index, bytes, last)
    last.children.set(bytes, next)
    next.tokens++
    last = next
  }
  return last
}

function release(last: Node): void {
  for (let node: Node | undefined = last; node !== undefined; node = node.parent) {
    node.tokens--
    if (node.tokens === 0) node.parent?.children.delete(node.bytes)
  }
}

/**
 * One character per byte: exact, so that no two blocks share a key, and any platform makes it without waiting.
 *
 * Kept with the bytes, because a new token is first looked for and then added.
 */
function toKey(bytes: Bytes): string {
  let key = KEYS.get(bytes)
  if (key === undefined) {
    key = characters(bytes)
    KEYS.set(bytes, key)
  }
  return key
}

const KEYS = new WeakMap<Bytes, string>()
