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
  decode(...args: never): T
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
  /** @param value - A number if it has at most 28 bits: most do, and arithmetic with a bigint costs several times as much. */
  decode(value: number | bigint): T
}

export interface BytesCodec<T> extends Codec<T> {
  readonly wire: 2
  /** Decodes the bytes from `start` to `end`. A view of them for each message would cost more than reading them. */
  decode(buffer: Bytes, start: number, end: number, depth: number): T
}

/** More than any message of the profile needs. It only limits the recursion. */
const MAX_DEPTH = 64
const UINT32_MAX = 0xffff_ffffn
const UINT64_MAX = 0xffff_ffff_ffff_ffffn

/** Made at the first use: a program may import this module where there is none. */
let decoder: TextDecoder | undefined

export const uint64: VarintCodec<bigint> = { wire: 0, decode: BigInt }
export const int64: VarintCodec<bigint> = { wire: 0, decode: (value) => BigInt.asIntN(64, BigInt(value)) }
export const uint32: VarintCodec<number> = { wire: 0, decode: (value) => Number(atMost(value, UINT32_MAX)) }
export const bool: VarintCodec<boolean> = { wire: 0, decode: (value) => Number(atMost(value, 1n)) === 1 }
export const bytes: BytesCodec<Bytes> = { wire: 2, decode: (buffer, start, end) => buffer.subarray(start, end) }
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
    decode(buffer, start, end, depth) {
      const found: (unknown[] | undefined)[] = members.map(() => undefined)
      const fields = new Fields(buffer, start, end, depth)
      while (fields.next()) {
        const index = byNumber.get(fields.number) ?? fail()
        const value = fields.decode((members[index] as Field<unknown>).codec)
        const values = found[index]
        if (values === undefined) found[index] = [value]
        else values.push(value)
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
    decode(buffer, start, end, depth) {
      const fields = new Fields(buffer, start, end, depth)
      if (!fields.next()) return fail()
      const { type, codec } = byNumber.get(fields.number) ?? fail()
      const value = fields.decode(codec)
      return fields.next() ? fail() : ({ type, value } as OneOf<A>)
    },
  }
}

/** For messages that contain themselves. */
export function recursive<T>(codec: () => BytesCodec<T>): BytesCodec<T> {
  return {
    wire: 2,
    layout: { type: 'recursive', codec },
    decode: (buffer, start, end, depth) => codec().decode(buffer, start, end, depth),
  }
}

/** Reads a whole message; anything unexpected is `malformed_token`. */
export function decodeMessage<T>(codec: BytesCodec<T>, buffer: Bytes): T {
  return codec.decode(buffer, 0, buffer.length, 0)
}

/** The fields of a message, one after the other. One object for all of them: a token has hundreds. */
class Fields {
  /** The number of the field that `next` has found. */
  number = 0
  readonly #buffer: Bytes
  readonly #end: number
  readonly #depth: number
  #position: number
  #wire = 0

  constructor(buffer: Bytes, start: number, end: number, depth: number) {
    if (depth > MAX_DEPTH) fail()
    this.#buffer = buffer
    this.#position = start
    this.#end = end
    this.#depth = depth
  }

  /** Goes to the next field. */
  next(): boolean {
    if (this.#position === this.#end) return false
    const tag = Number(atMost(this.#varint(), UINT32_MAX))
    this.number = tag >>> 3
    this.#wire = tag & 7
    return true
  }

  /** Reads the value of the field that `next` has found. */
  decode(codec: Codec<unknown>): unknown {
    if (codec.wire !== this.#wire) return fail()
    const value = this.#varint()
    if (codec.wire === 0) return (codec as VarintCodec<unknown>).decode(value)
    const start = this.#position
    if (value > this.#end - start) return fail()
    this.#position += Number(value)
    return (codec as BytesCodec<unknown>).decode(this.#buffer, start, this.#position, this.#depth + 1)
  }

  /** Reads a varint of at most ten bytes and 64 bits, in its shortest form. */
  #varint(): number | bigint {
    let low = 0
    for (let index = 0; index < 4; index++) {
      const byte = this.#byte()
      low |= (byte & 0x7f) << (7 * index)
      if (byte < 0x80) return byte === 0 && index > 0 ? fail() : low
    }
    let value = BigInt(low)
    for (let index = 4; index < 10; index++) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << BigInt(7 * index)
      if (byte < 0x80) return byte === 0 ? fail() : atMost(value, UINT64_MAX)
    }
    return fail()
  }

  #byte(): number {
    return this.#position < this.#end ? (this.#buffer[this.#position++] as number) : fail()
  }
}

/** Decodes UTF-8. Most strings are short and ASCII, which a call into the platform costs more than reading. */
function decodeUtf8(buffer: Bytes, start: number, end: number): string {
  let text = ''
  if (end - start > MAX_SHORT) return decodeAny(buffer.subarray(start, end))
  for (let index = start; index < end; index++) {
    const byte = buffer[index] as number
    if (byte >= 0x80) return decodeAny(buffer.subarray(start, end))
    text += String.fromCharCode(byte)
  }
  return text
}

const MAX_SHORT = 64

function decodeAny(value: Bytes): string {
  try {
    decoder ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return decoder.decode(value)
  } catch {
    return fail()
  }
}

function atMost(value: number | bigint, maximum: bigint): number | bigint {
  return value <= maximum ? value : fail()
}

function fail(): never {
  throw malformed()
}
