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
  /** @param value - A number if it has at most 49 bits: most do, and arithmetic with a bigint costs many times as much. */
  decode(value: number | bigint): T
}

export interface BytesCodec<T> extends Codec<T> {
  readonly wire: 2
  /** Reads up to `end`, and leaves the position there. A view for each message would cost more than reading it. */
  decode(input: Input, end: number, depth: number): T
}

/** More than any message of the profile needs. It only limits the recursion. */
const MAX_DEPTH = 64
const UINT32_MAX = 0xffff_ffff
const UINT64_MAX = 0xffff_ffff_ffff_ffffn

/** Made at the first use: a program may import this module where there is none. */
let decoder: TextDecoder | undefined

export const uint64: VarintCodec<bigint> = { wire: 0, decode: BigInt }
export const int64: VarintCodec<bigint> = { wire: 0, decode: (value) => BigInt.asIntN(64, BigInt(value)) }
export const uint32: VarintCodec<number> = { wire: 0, decode: (value) => Number(atMost(value, UINT32_MAX)) }
/** A uint64 that counts something. It is exact up to 2^53, and there is never so much of anything that a larger one fits. */
export const index: VarintCodec<number> = { wire: 0, decode: Number }
export const bool: VarintCodec<boolean> = { wire: 0, decode: (value) => Number(atMost(value, 1)) === 1 }
export const bytes: BytesCodec<Bytes> = { wire: 2, decode: (input, end) => input.take(end) }
export const string: BytesCodec<string> = { wire: 2, decode: decodeUtf8 }

/** An enum whose values are the indices of `names`. */
export function enumeration<const Name extends string>(...names: readonly Name[]): VarintCodec<Name> {
  return { wire: 0, decode: (value) => names[Number(value)] ?? fail(), layout: { type: 'enumeration', names } }
}

export interface Field<T> {
  readonly number: number
  readonly codec: Codec<unknown>
  /** How often the field may occur: once, at most once, or any number of times. */
  readonly occurs: 'once' | 'atMostOnce' | 'often'
  /** Only a type: what a message has as this member. */
  readonly member?: T
}

export function required<T>(number: number, codec: Codec<T>): Field<T> {
  return { number, codec, occurs: 'once' }
}

export function optional<T>(number: number, codec: Codec<T>): Field<T | undefined> {
  return { number, codec, occurs: 'atMostOnce' }
}

export function repeated<T>(number: number, codec: Codec<T>): Field<readonly T[]> {
  return { number, codec, occurs: 'often' }
}

const NONE: readonly unknown[] = Object.freeze([])

type Shape = Readonly<Record<string, Field<unknown>>>
type Message<S extends Shape> = { readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never }

/** A message with these fields and no others. */
export function message<S extends Shape>(shape: S): BytesCodec<Message<S>> {
  const fields = Object.entries(shape)
  const members = fields.map(([name, { number, codec, occurs }], place) => ({ name, number, codec, occurs, place }))
  const byNumber = lookUp(members)
  return {
    wire: 2,
    layout: { type: 'message', fields },
    decode(input, end, depth) {
      if (depth > MAX_DEPTH) fail()
      const found: unknown[] = new Array(members.length)
      for (let i = 0; i < members.length; i++) found[i] = undefined
      while (input.position < end) {
        const tag = input.tag(end)
        const { place, codec, occurs } = byNumber[tag >>> 3] ?? fail()
        const value = input.value(codec, tag & 7, end, depth)
        const earlier = found[place]
        if (occurs !== 'often') found[place] = earlier === undefined ? value : fail()
        else if (earlier === undefined) found[place] = [value]
        else (earlier as unknown[]).push(value)
      }
      const result: Record<string, unknown> = {}
      for (let i = 0; i < members.length; i++) {
        const { name, occurs } = members[i] as (typeof members)[number]
        const value = found[i]
        result[name] = value !== undefined ? value : occurs === 'often' ? NONE : occurs === 'once' ? fail() : undefined
      }
      return result as Message<S>
    },
  }
}

/** By field number. A schema numbers its fields from 1 and leaves out few, so a list is the fastest map. */
function lookUp<F extends { readonly number: number }>(fields: readonly F[]): readonly (F | undefined)[] {
  const most = Math.max(0, ...fields.map(({ number }) => number))
  const byNumber = new Array<F | undefined>(most + 1).fill(undefined)
  for (const field of fields) byNumber[field.number] = field
  return byNumber
}

type Arms = Readonly<Record<string, readonly [number, Codec<unknown>]>>
export type OneOf<A extends Arms> = {
  readonly [K in keyof A]: { readonly type: K; readonly value: A[K][1] extends Codec<infer T> ? T : never }
}[keyof A]

/** A message that is one `oneof`: it has exactly one arm, once. */
export function oneOf<A extends Arms>(arms: A): BytesCodec<OneOf<A>> {
  const byNumber = lookUp(Object.entries(arms).map(([type, [number, codec]]) => ({ type, number, codec })))
  return {
    wire: 2,
    layout: { type: 'oneOf', arms },
    decode(input, end, depth) {
      if (depth > MAX_DEPTH || input.position === end) fail()
      const tag = input.tag(end)
      const { type, codec } = byNumber[tag >>> 3] ?? fail()
      const value = input.value(codec, tag & 7, end, depth)
      return input.position === end ? ({ type, value } as OneOf<A>) : fail()
    },
  }
}

/** For messages that contain themselves. */
export function recursive<T>(codec: () => BytesCodec<T>): BytesCodec<T> {
  return {
    wire: 2,
    layout: { type: 'recursive', codec },
    decode: (input, end, depth) => codec().decode(input, end, depth),
  }
}

/** Reads a whole message; anything unexpected is `malformed_token`. */
export function decodeMessage<T>(codec: BytesCodec<T>, buffer: Bytes): T {
  return codec.decode(new Input(buffer), buffer.length, 0)
}

/** Where a decoder is in the bytes. One for all messages inside each other: a token has hundreds. */
class Input {
  position = 0
  readonly bytes: Bytes

  constructor(bytes: Bytes) {
    this.bytes = bytes
  }

  /** Reads what stands before each value: its field number, and in the low three bits its wire type. */
  tag(end: number): number {
    const tag = this.#varint(end)
    return Number(atMost(tag, UINT32_MAX))
  }

  /** Reads the value of a field of a message that ends at `end`. */
  value(codec: Codec<unknown>, wire: number, end: number, depth: number): unknown {
    if (codec.wire !== wire) return fail()
    const value = this.#varint(end)
    if (codec.wire === 0) return (codec as VarintCodec<unknown>).decode(value)
    if (value > end - this.position) return fail()
    return (codec as BytesCodec<unknown>).decode(this, this.position + Number(value), depth + 1)
  }

  /** A view of the bytes up to `end`. */
  take(end: number): Bytes {
    const start = this.position
    this.position = end
    return this.bytes.subarray(start, end)
  }

  /** Reads a varint of at most ten bytes and 64 bits, in its shortest form. */
  #varint(end: number): number | bigint {
    const first = this.#byte(end)
    return first < 0x80 ? first : this.#longVarint(first & 0x7f, end)
  }

  #longVarint(first: number, end: number): number | bigint {
    let low = first
    for (let index = 1; index < 4; index++) {
      const byte = this.#byte(end)
      low |= (byte & 0x7f) << (7 * index)
      if (byte < 0x80) return byte === 0 ? fail() : low
    }
    // Bit operations have 32 bits, so the next ones are counted apart.
    let high = 0
    for (let index = 0; index < 3; index++) {
      const byte = this.#byte(end)
      high |= (byte & 0x7f) << (7 * index)
      if (byte < 0x80) return byte === 0 ? fail() : high * 2 ** 28 + low
    }
    let value = BigInt(high * 2 ** 28 + low)
    for (let index = 7; index < 10; index++) {
      const byte = this.#byte(end)
      value |= BigInt(byte & 0x7f) << BigInt(7 * index)
      if (byte < 0x80) return byte === 0 ? fail() : atMost(value, UINT64_MAX)
    }
    return fail()
  }

  #byte(end: number): number {
    return this.position < end ? (this.bytes[this.position++] as number) : fail()
  }
}

/** Decodes UTF-8. Most strings are short and ASCII, which a call into the platform costs more than reading. */
function decodeUtf8(input: Input, end: number): string {
  const { bytes, position } = input
  if (end - position > MAX_SHORT) return decodeAny(input.take(end))
  let text = ''
  for (let index = position; index < end; index++) {
    const byte = bytes[index] as number
    if (byte >= 0x80) return decodeAny(input.take(end))
    text += String.fromCharCode(byte)
  }
  input.position = end
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

function atMost(value: number | bigint, maximum: number | bigint): number | bigint {
  return value <= maximum ? value : fail()
}

function fail(): never {
  throw malformed()
}
