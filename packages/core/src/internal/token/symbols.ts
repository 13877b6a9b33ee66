import { malformed } from '../base/unproven.ts'

/** The symbols that every token knows, by index (Biscuit specification, "Symbol table"). */
const DEFAULT_SYMBOLS: readonly string[] = [
  'read',
  'write',
  'resource',
  'operation',
  'right',
  'time',
  'role',
  'owner',
  'tenant',
  'namespace',
  'user',
  'team',
  'service',
  'admin',
  'email',
  'group',
  'member',
  'ip_address',
  'client',
  'client_ip',
  'domain',
  'path',
  'version',
  'cluster',
  'node',
  'hostname',
  'nonce',
  'query',
]

const DEFAULTS: ReadonlyMap<string, number> = new Map(DEFAULT_SYMBOLS.map((symbol, index) => [symbol, index]))

/** The index of a token's first own symbol. */
const OFFSET = 1024

export interface TableSize {
  readonly symbols: number
  readonly keys: number
}

/**
 * The strings and public keys that a block refers to by number. First-party blocks share one table and extend it in
 * order. A third-party block has its own table, because its signer saw no other.
 */
export class SymbolTable {
  readonly #symbols: string[] = []
  readonly #indices = new Map<string, number>()
  readonly #keys: string[] = []
  readonly #keyIndices = new Map<string, bigint>()

  /** Adds entries. One that is there already is refused, because one string would have two numbers. */
  extend(symbols: readonly string[], keys: readonly string[]): void {
    for (const symbol of symbols) {
      if (DEFAULTS.has(symbol) || this.#indices.has(symbol)) throw malformed()
      this.#indices.set(symbol, OFFSET + this.#symbols.length)
      this.#symbols.push(symbol)
    }
    for (const key of keys) {
      if (this.#keyIndices.has(key)) throw malformed()
      this.#keyIndices.set(key, BigInt(this.#keys.length))
      this.#keys.push(key)
    }
  }

  /** How many own entries there are. */
  get size(): TableSize {
    return { symbols: this.#symbols.length, keys: this.#keys.length }
  }

  /** A table of the entries that this one had when it had that size. Extending one leaves the other as it is. */
  copy({ symbols, keys }: TableSize = this.size): SymbolTable {
    const copy = new SymbolTable()
    copy.extend(this.#symbols.slice(0, symbols), this.#keys.slice(0, keys))
    return copy
  }

  /** The entries that were added after the table had a size. */
  since({ symbols, keys }: TableSize): { readonly symbols: readonly string[]; readonly keys: readonly string[] } {
    return { symbols: this.#symbols.slice(symbols), keys: this.#keys.slice(keys) }
  }

  /** The index of a symbol, which is added if it is new. */
  indexOf(symbol: string): number {
    const common = DEFAULTS.get(symbol)
    if (common !== undefined) return common
    if (!this.#indices.has(symbol)) this.extend([symbol], [])
    return this.#indices.get(symbol) as number
  }

  /** The index of a public key, which is added if it is new. */
  indexOfKey(key: string): bigint {
    if (!this.#keyIndices.has(key)) this.extend([], [key])
    return this.#keyIndices.get(key) as bigint
  }

  symbol(index: number): string {
    const symbol = index < OFFSET ? DEFAULT_SYMBOLS[index] : this.#symbols[index - OFFSET]
    if (symbol === undefined) throw malformed()
    return symbol
  }

  key(index: bigint): string {
    const key = index < 0n ? undefined : this.#keys[Number(index)]
    if (key === undefined) throw malformed()
    return key
  }
}
