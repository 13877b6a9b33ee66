import type { Bytes } from '../base/bytes.ts'
import { malformed } from '../base/unproven.ts'

/**
 * Strict protobuf (proto2) decoding. Protobuf libraries are lenient by design: they skip unknown fields, keep the last
 * of two values, cut integers to 32 bits and read an unknown enum value as the first one. Then two readers could see
 * two different tokens under one signature, so all of this is an error here.
 */
export interface Codec<T> {
  /** Wire type: 0 is a varint, 2 is length-delimited. */
  readonly wire: 0 | 2
  decode(value: never, depth: number): T
  /** What the encoder must know, unless the value itself says how it is written. */
  readonly layout?: Layout
}

/** The parts of a codec, for the encoder in `encode.ts`: both directions follow one description of the format. */
export type Layout =
  | { readonly type: 'enumeration'; readonly names: readonly string[] }
  | { readonly type: 'message'; readonly fields: readonly (readonly [name: string, field: Field<unknown>])[] }
  | { readonly type: 'oneOf'; readonly arms: Arms }
  | { readonly type: 'recursive'; codec(): Codec<unknown> }

export interface VarintCodec<T> extends Codec<T> {
  readonly wire: 0
  decode(value: bigint): T
}

export interface BytesCodec<T> extends Codec<T> {
  readonly wire: 2
  decode(value: Bytes, depth: number): T
}

/** More than any message of the profile needs. It only limits the recursion. */
const MAX_DEPTH = 64
const UINT32_MAX = 0xffff_ffffn
const UINT64_MAX = 0xffff_ffff_ffff_ffffn

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const uint64: VarintCodec<bigint> = { wire: 0, decode: (value) => value }
export const int64: VarintCodec<bigint> = { wire: 0, decode: (value) => BigInt.asIntN(64, value) }
export const uint32: VarintCodec<number> = { wire: 0, decode: (value) => Number(atMost(value, UINT32_MAX)) }
export const bool: VarintCodec<boolean> = { wire: 0, decode: (value) => atMost(value, 1n) === 1n }
export const bytes: BytesCodec<Bytes> = { wire: 2, decode: (value) => value }
export const string: BytesCodec<string> = { wire: 2, decode: decodeUtf8 }

/** An enum whose values are the indices of `names`. */
export function enumeration<const Name extends string>(...names: readonly Name[]): VarintCodec<Name> {
  return { wire: 0, decode: (value) => names[Number(value)] ?? fail(), layout: { type: 'enumeration', names } }
}

export interface Field<T> {
  readonly number: number
  readonly codec: Codec<unknown>
  /** Makes one member of all values found under the number, which are decoded already. */
  collect(values: readonly unknown[]): T
}

export function required<T>(number: number, codec: Codec<T>): Field<T> {
  return { number, codec, collect: (values) => (values.length === 1 ? (values[0] as T) : fail()) }
}

export function optional<T>(number: number, codec: Codec<T>): Field<T | undefined> {
  return { number, codec, collect: (values) => (values.length <= 1 ? (values[0] as T | undefined) : fail()) }
}

export function repeated<T>(number: number, codec: Codec<T>): Field<readonly T[]> {
  return { number, codec, collect: (values) => values as readonly T[] }
}

const NONE: readonly unknown[] = Object.freeze([])

type Shape = Readonly<Record<string, Field<unknown>>>
type Message<S extends Shape> = { readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never }

/** A message with these fields and no others. */
export function message<S extends Shape>(shape: S): BytesCodec<Message<S>> {
  const names = Object.keys(shape)
  const members = names.map((name) => shape[name] as Field<unknown>)
  const byNumber = new Map(members.map(({ number }, index) => [number, index]))
  return {
    wire: 2,
    layout: { type: 'message', fields: Object.entries(shape) },
    decode(buffer, depth) {
      const found: (unknown[] | undefined)[] = members.map(() => undefined)
      for (const { number, wire, value } of fields(buffer, depth)) {
        const index = byNumber.get(number) ?? fail()
        const { codec } = members[index] as Field<unknown>
        if (codec.wire !== wire) fail()
        const values = found[index] ?? []
        found[index] = values
        values.push(codec.decode(value as never, depth + 1))
      }
      const result: Record<string, unknown> = {}
      for (let index = 0; index < names.length; index++) {
        result[names[index] as string] = (members[index] as Field<unknown>).collect(found[index] ?? NONE)
      }
      return result as Message<S>
    },
  }
}

type Arms = Readonly<Record<string, readonly [number, Codec<unknown>]>>
export type OneOf<A extends Arms> = {
  readonly [K in keyof A]: { readonly type: K; readonly value: A[K][1] extends Codec<infer T> ? T : never }
}[keyof A]

/** A message that is one `oneof`: it has exactly one arm, once. */
export function oneOf<A extends Arms>(arms: A): BytesCodec<OneOf<A>> {
  const byNumber = new Map(Object.entries(arms).map(([type, [number, codec]]) => [number, { type, codec }]))
  return {
    wire: 2,
    layout: { type: 'oneOf', arms },
    decode(buffer, depth) {
      const [only, ...rest] = fields(buffer, depth)
      if (only === undefined || rest.length > 0) return fail()
      const { type, codec } = byNumber.get(only.number) ?? fail()
      if (codec.wire !== only.wire) return fail()
      return { type, value: codec.decode(only.value as never, depth + 1) } as OneOf<A>
    },
  }
}

/** For messages that contain themselves. */
export function recursive<T>(codec: () => Codec<T>): Codec<T> {
  return { wire: 2, decode: (value, depth) => codec().decode(value, depth), layout: { type: 'recursive', codec } }
}

/** Reads a whole message; anything unexpected is `malformed_token`. */
export function decodeMessage<T>(codec: BytesCodec<T>, buffer: Bytes): T {
  return codec.decode(buffer, 0)
}

interface RawField {
  readonly number: number
  readonly wire: 0 | 2
  readonly value: bigint | Bytes
}

function* fields(buffer: Bytes, depth: number): Generator<RawField> {
  if (depth > MAX_DEPTH) fail()
  const cursor = { position: 0 }
  while (cursor.position < buffer.length) {
    const tag = Number(atMost(varint(buffer, cursor), UINT32_MAX))
    const number = tag >>> 3
    const wire = tag & 7
    if (wire === 0) yield { number, wire, value: varint(buffer, cursor) }
    else if (wire === 2) yield { number, wire, value: delimited(buffer, cursor) }
    else fail()
  }
}

function delimited(buffer: Bytes, cursor: { position: number }): Bytes {
  const length = Number(atMost(varint(buffer, cursor), BigInt(buffer.length - cursor.position)))
  cursor.position += length
  return buffer.subarray(cursor.position - length, cursor.position)
}

/** Reads a varint of at most ten bytes and 64 bits, in its shortest form. */
function varint(buffer: Bytes, cursor: { position: number }): bigint {
  let low = 0
  for (let index = 0; index < 4; index++) {
    const byte = buffer[cursor.position++] ?? fail()
    low |= (byte & 0x7f) << (7 * index)
    if (byte < 0x80) return byte === 0 && index > 0 ? fail() : BigInt(low)
  }
  let value = BigInt(low)
  for (let index = 4; index < 10; index++) {
    const byte = buffer[cursor.position++] ?? fail()
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return byte === 0 ? fail() : atMost(value, UINT64_MAX)
  }
  return fail()
}

function decodeUtf8(value: Bytes): string {
  try {
    return decoder.decode(value)
  } catch {
    return fail()
  }
}

function atMost(value: bigint, maximum: bigint): bigint {
  return value <= maximum ? value : fail()
}

function fail(): never {
  throw malformed()
}
