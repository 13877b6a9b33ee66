import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { rawKey } from './crypto.ts'
import {
  BINARY,
  type Block,
  type Check,
  type MapKey,
  type Name,
  type Op,
  type Predicate,
  type Query,
  type RawKey,
  type Scope,
  type Term,
  UNARY,
} from './model.ts'
import { lowestVersion } from './version.ts'
import { concat, equalBytes, message, readFields, readKey, varint, withExtra, writeKey } from './wire.ts'

// Symbols that every implementation knows, in order.
const DEFAULT_SYMBOLS = (
  'read write resource operation right time role owner tenant namespace user team service admin email group member ' +
  'ip_address client client_ip domain path version cluster node hostname nonce query'
).split(' ')
const OWN_SYMBOLS_FROM = 1024

/** What the blocks so far have put into the tables that all first-party blocks share. */
export interface Tables {
  readonly symbols: readonly string[]
  readonly publicKeys: readonly RawKey[]
}

export const EMPTY_TABLES: Tables = { symbols: [], publicKeys: [] }

/** Serializes a block. A third-party block starts from empty tables and leaves those of the token alone. */
export function encodeBlock(
  block: Block,
  known: Tables,
  thirdParty = false,
): { bytes: Uint8Array; version: number; tables: Tables } {
  const start = thirdParty ? EMPTY_TABLES : known
  const interner = new Interner(start, block)
  const version =
    block.version === undefined ? Math.max(lowestVersion(block), thirdParty ? 5 : 3) : (block.version ?? 0)
  const bytes = block.raw ?? writeBlock(block, block.version === null ? undefined : version, interner)
  return { bytes, version, tables: thirdParty ? known : extendTables(known, bytes, block.raw === undefined) }
}

/** Adds the symbols and keys of a serialized first-party block to the tables. */
export function extendTables(known: Tables, bytes: Uint8Array, wellFormed = true): Tables {
  const symbols = [...known.symbols]
  const publicKeys = [...known.publicKeys]
  try {
    readFields(bytes, (field, reader) => {
      if (field === 1) symbols.push(reader.string())
      else if (field === 8) publicKeys.push(readKey(reader.bytes()))
      else return false
      return true
    })
  } catch (error) {
    // Raw bytes of a hostile block need not be a message at all.
    if (wellFormed) throw error
  }
  return { symbols, publicKeys }
}

class Interner {
  readonly symbols: string[]
  readonly publicKeys: RawKey[]
  private readonly known: Tables
  private readonly ids: Map<string, bigint>

  constructor(known: Tables, block: Block) {
    this.known = known
    this.symbols = [...(block.symbols ?? [])]
    this.publicKeys = (block.publicKeys ?? []).map(rawKey)
    this.ids = new Map()
    for (const [index, symbol] of DEFAULT_SYMBOLS.entries()) this.ids.set(symbol, BigInt(index))
    for (const [index, symbol] of [...known.symbols, ...this.symbols].entries()) {
      if (!this.ids.has(symbol)) this.ids.set(symbol, BigInt(OWN_SYMBOLS_FROM + index))
    }
  }

  symbol(name: Name): bigint {
    if (typeof name !== 'string') return name.symbol
    const found = this.ids.get(name)
    if (found !== undefined) return found
    this.symbols.push(name)
    const id = BigInt(OWN_SYMBOLS_FROM + this.known.symbols.length + this.symbols.length - 1)
    this.ids.set(name, id)
    return id
  }

  publicKey(text: string): bigint {
    const wanted = rawKey(text)
    const all = [...this.known.publicKeys, ...this.publicKeys]
    const found = all.findIndex((key) => key.algorithm === wanted.algorithm && equalBytes(key.key, wanted.key))
    if (found >= 0) return BigInt(found)
    this.publicKeys.push(wanted)
    return BigInt(all.length)
  }
}

function writeBlock(block: Block, version: number | undefined, interner: Interner): Uint8Array {
  // The content is written first: it fills the tables, which stand before it on the wire.
  const content = new BinaryWriter()
  for (const fact of block.facts ?? []) {
    content.tag(4, WireType.LengthDelimited).bytes(message(1, writePredicate(fact, interner)))
  }
  for (const rule of block.rules ?? []) content.tag(5, WireType.LengthDelimited).bytes(writeQuery(rule, interner))
  for (const check of block.checks ?? []) content.tag(6, WireType.LengthDelimited).bytes(writeCheck(check, interner))
  for (const scope of block.scope ?? []) content.tag(7, WireType.LengthDelimited).bytes(writeScope(scope, interner))
  const writer = new BinaryWriter()
  for (const symbol of interner.symbols) writer.tag(1, WireType.LengthDelimited).string(symbol)
  if (block.context !== undefined) writer.tag(2, WireType.LengthDelimited).string(block.context)
  if (version !== undefined) writer.tag(3, WireType.Varint).uint32(version)
  writer.raw(content.finish())
  for (const key of interner.publicKeys) writer.tag(8, WireType.LengthDelimited).bytes(writeKey(key))
  return withExtra(writer, block.extra)
}

function writePredicate(predicate: Predicate, interner: Interner): Uint8Array {
  const writer = new BinaryWriter()
  writer.tag(1, WireType.Varint).uint64(interner.symbol(predicate.name))
  for (const term of predicate.terms) writer.tag(2, WireType.LengthDelimited).bytes(writeTerm(term, interner))
  return withExtra(writer, predicate.extra)
}

function writeQuery(query: Query, interner: Interner): Uint8Array {
  const writer = new BinaryWriter()
  const head = query.head ?? { name: 'query', terms: [] }
  writer.tag(1, WireType.LengthDelimited).bytes(writePredicate(head, interner))
  for (const predicate of query.body) {
    writer.tag(2, WireType.LengthDelimited).bytes(writePredicate(predicate, interner))
  }
  for (const expression of query.expressions ?? []) {
    writer.tag(3, WireType.LengthDelimited).bytes(writeOps(new BinaryWriter(), 1, expression, interner))
  }
  for (const scope of query.scope ?? []) writer.tag(4, WireType.LengthDelimited).bytes(writeScope(scope, interner))
  return withExtra(writer, query.extra)
}

function writeCheck(check: Check, interner: Interner): Uint8Array {
  const writer = new BinaryWriter()
  for (const query of check.queries) writer.tag(1, WireType.LengthDelimited).bytes(writeQuery(query, interner))
  const kind = check.kind ?? 'if'
  const number = typeof kind === 'number' ? kind : { if: undefined, all: 1, reject: 2 }[kind]
  if (number !== undefined) writer.tag(2, WireType.Varint).int32(number)
  return withExtra(writer, check.extra)
}

function writeScope(scope: Scope, interner: Interner): Uint8Array {
  if (scope === 'authority') return varint(1, 0n)
  if (scope === 'previous') return varint(1, 1n)
  if ('key' in scope) return varint(2, interner.publicKey(scope.key))
  if ('keyId' in scope) return varint(2, scope.keyId)
  if ('scopeType' in scope) return varint(1, BigInt(scope.scopeType))
  return scope.rawScope
}

function writeTerm(term: Term, interner: Interner): Uint8Array {
  if (typeof term === 'string') return varint(3, interner.symbol(term))
  if (typeof term === 'number' || typeof term === 'bigint') return varint(2, BigInt(term))
  if (typeof term === 'boolean') return varint(6, term ? 1n : 0n)
  if (term === null) return message(8, new Uint8Array())
  if (term instanceof Uint8Array) return message(5, term)
  if ('variable' in term) return varint(1, interner.symbol(term.variable))
  if ('symbol' in term) return varint(3, term.symbol)
  if ('date' in term) return varint(4, BigInt(term.date))
  if ('set' in term) return message(7, messages(term.set.map((item) => writeTerm(item, interner))))
  if ('array' in term) return message(9, messages(term.array.map((item) => writeTerm(item, interner))))
  if ('rawTerm' in term) return term.rawTerm
  return message(10, messages(term.map.map(([key, value]) => writeEntry(key, value, interner))))
}

function writeEntry(key: MapKey, value: Term, interner: Interner): Uint8Array {
  const isInteger = typeof key === 'number' || typeof key === 'bigint'
  const keyBytes = isInteger ? varint(1, BigInt(key)) : varint(2, interner.symbol(key))
  return concat(message(1, keyBytes), message(2, writeTerm(value, interner)))
}

function writeOps(writer: BinaryWriter, field: number, ops: readonly Op[], interner: Interner): Uint8Array {
  for (const op of ops) writer.tag(field, WireType.LengthDelimited).bytes(writeOp(op, interner))
  return writer.finish()
}

function writeOp(op: Op, interner: Interner): Uint8Array {
  if ('value' in op) return message(1, writeTerm(op.value, interner))
  if ('rawOp' in op) return op.rawOp
  if ('closure' in op) {
    const writer = new BinaryWriter()
    for (const name of op.params ?? []) writer.tag(1, WireType.Varint).uint32(Number(interner.symbol(name)))
    return message(4, writeOps(writer, 2, op.closure, interner))
  }
  const [field, kind] = 'unary' in op ? [2, kindNumber(UNARY, op.unary)] : [3, kindNumber(BINARY, op.binary)]
  const name = op.ffi === undefined ? new Uint8Array() : varint(2, interner.symbol(op.ffi))
  return message(field, concat(varint(1, BigInt(kind)), name))
}

function kindNumber<T extends Readonly<Record<string, number>>>(kinds: T, kind: keyof T | number): number {
  return typeof kind === 'number' ? kind : (kinds[kind] as number)
}

function messages(parts: readonly Uint8Array[]): Uint8Array {
  return concat(...parts.map((part) => message(1, part)))
}
