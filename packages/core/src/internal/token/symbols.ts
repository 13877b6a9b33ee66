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

const DEFAULTS: ReadonlySet<string> = new Set(DEFAULT_SYMBOLS)

/** The index of a token's first own symbol. */
const OFFSET = 1024n

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
  readonly #known = new Set<string>()
  readonly #keys: string[] = []
  readonly #knownKeys = new Set<string>()

  /** Adds entries. One that is there already is refused, because one string would have two numbers. */
  extend(symbols: readonly string[], keys: readonly string[]): void {
    for (const symbol of symbols) {
      if (DEFAULTS.has(symbol) || this.#known.has(symbol)) throw malformed()
      this.#known.add(symbol)
      this.#symbols.push(symbol)
    }
    for (const key of keys) {
      if (this.#knownKeys.has(key)) throw malformed()
      this.#knownKeys.add(key)
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

  symbol(index: bigint): string {
    const symbol = index < OFFSET ? DEFAULT_SYMBOLS[Number(index)] : this.#symbols[Number(index - OFFSET)]
    if (symbol === undefined) throw malformed()
    return symbol
  }

  key(index: bigint): string {
    const key = index < 0n ? undefined : this.#keys[Number(index)]
    if (key === undefined) throw malformed()
    return key
  }
}
