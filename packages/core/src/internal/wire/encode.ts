import { type Bytes, utf8 } from '../base/bytes.ts'
import type { BytesCodec, Codec } from './wire.ts'

/**
 * Encodes a message, the mirror of `decodeMessage`: fields in the order of the schema, which is that of their numbers,
 * and every integer in its shortest form. The reference implementation writes the same bytes.
 */
export function encodeMessage<T>(codec: BytesCodec<T>, value: T): Bytes {
  const out = new Output()
  writeContent(out, codec, value)
  return out.written()
}

/** Takes what is written last first, because the length of a content stands before it. */
class Output {
  #bytes: Bytes = new Uint8Array(FIRST_ROOM)
  #start = FIRST_ROOM

  /** How much is written so far. */
  get length(): number {
    return this.#bytes.length - this.#start
  }

  written(): Bytes {
    return this.#bytes.slice(this.#start)
  }

  bytes(content: Uint8Array): void {
    this.#reserve(content.length)
    this.#start -= content.length
    this.#bytes.set(content, this.#start)
  }

  /** Seven bits a byte, the lowest first. A negative integer is written as the unsigned one with the same 64 bits. */
  varint(value: number | bigint): void {
    if (value >= 0 && value <= 0x7f) {
      this.#reserve(1)
      this.#bytes[--this.#start] = Number(value)
      return
    }
    const groups: number[] = []
    if (value > 0 && value <= 0x7fff_ffff) {
      let rest = Number(value)
      for (; rest > 0x7f; rest >>= 7) groups.push((rest & 0x7f) | 0x80)
      groups.push(rest)
    } else {
      let rest = BigInt.asUintN(64, BigInt(value))
      for (; rest > 0x7fn; rest >>= 7n) groups.push(Number(rest & 0x7fn) | 0x80)
      groups.push(Number(rest))
    }
    this.#reserve(groups.length)
    for (let index = groups.length - 1; index >= 0; index--) this.#bytes[--this.#start] = groups[index] as number
  }

  #reserve(length: number): void {
    if (length <= this.#start) return
    const written = this.#bytes.subarray(this.#start)
    const larger = new Uint8Array(2 * (written.length + length))
    larger.set(written, larger.length - written.length)
    this.#start = larger.length - written.length
    this.#bytes = larger
  }
}

/** As much as a token of two blocks takes. */
const FIRST_ROOM = 1024

function writeContent(out: Output, codec: Codec<unknown>, value: unknown): void {
  const { layout } = codec
  switch (layout?.type) {
    case 'recursive':
      writeContent(out, layout.codec(), value)
      break
    case 'message':
      for (let index = layout.fields.length - 1; index >= 0; index--) {
        const [name, { number, codec: of }] = layout.fields[index] as (typeof layout.fields)[number]
        const member = (value as Readonly<Record<string, unknown>>)[name]
        if (!Array.isArray(member)) {
          if (member !== undefined) writeField(out, number, of, member)
          continue
        }
        for (let last = member.length - 1; last >= 0; last--) writeField(out, number, of, member[last])
      }
      break
    case 'oneOf': {
      const { type, value: chosen } = value as { readonly type: string; readonly value: unknown }
      const [number, of] = layout.arms[type] as readonly [number, Codec<unknown>]
      writeField(out, number, of, chosen)
      break
    }
    default:
      out.bytes(typeof value === 'string' ? utf8(value) : (value as Bytes))
  }
}

function writeField(out: Output, number: number, codec: Codec<unknown>, value: unknown): void {
  if (codec.wire === 0) {
    out.varint(integerOf(codec, value))
  } else {
    const after = out.length
    writeContent(out, codec, value)
    out.varint(out.length - after)
  }
  out.varint((number << 3) | codec.wire)
}

function integerOf({ layout }: Codec<unknown>, value: unknown): number | bigint {
  if (layout?.type !== 'enumeration') return typeof value === 'bigint' ? value : Number(value)
  const index = layout.names.indexOf(value as string)
  if (index < 0) throw new TypeError('a name that the format does not have')
  return index
}
