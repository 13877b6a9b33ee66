import { type Bytes, utf8 } from '../base/bytes.ts'
import type { BytesCodec, Codec } from './wire.ts'

/**
 * Encodes a message, the mirror of `decodeMessage`: fields in the order of the schema, which is that of their numbers,
 * and every integer in its shortest form. The reference implementation writes the same bytes.
 */
export function encodeMessage<T>(codec: BytesCodec<T>, value: T): Bytes {
  const out: number[] = []
  writeContent(out, codec, value)
  return Uint8Array.from(out)
}

function writeContent(out: number[], codec: Codec<unknown>, value: unknown): void {
  const { layout } = codec
  switch (layout?.type) {
    case 'recursive':
      writeContent(out, layout.codec(), value)
      break
    case 'message':
      for (const [name, { number, codec: of }] of layout.fields) {
        const member = (value as Readonly<Record<string, unknown>>)[name]
        if (Array.isArray(member)) for (const one of member) writeField(out, number, of, one)
        else if (member !== undefined) writeField(out, number, of, member)
      }
      break
    case 'oneOf': {
      const { type, value: chosen } = value as { readonly type: string; readonly value: unknown }
      const [number, of] = layout.arms[type] as readonly [number, Codec<unknown>]
      writeField(out, number, of, chosen)
      break
    }
    default:
      for (const byte of typeof value === 'string' ? utf8(value) : (value as Bytes)) out.push(byte)
  }
}

function writeField(out: number[], number: number, codec: Codec<unknown>, value: unknown): void {
  writeVarint(out, (number << 3) | codec.wire)
  if (codec.wire === 0) {
    writeVarint(out, integerOf(codec, value))
    return
  }
  const start = out.length
  writeContent(out, codec, value)
  // The length stands before the content, but is known after it.
  const length: number[] = []
  writeVarint(length, out.length - start)
  out.splice(start, 0, ...length)
}

function integerOf({ layout }: Codec<unknown>, value: unknown): number | bigint {
  if (layout?.type !== 'enumeration') return typeof value === 'bigint' ? value : Number(value)
  const index = layout.names.indexOf(value as string)
  if (index < 0) throw new TypeError('a name that the format does not have')
  return index
}

/** Seven bits a byte, the lowest first. A negative integer is written as the unsigned one with the same 64 bits. */
function writeVarint(out: number[], value: number | bigint): void {
  if (value >= 0 && value <= 0x7f) {
    out.push(Number(value))
    return
  }
  if (value > 0 && value <= 0x7fff_ffff) {
    let rest = Number(value)
    for (; rest > 0x7f; rest >>>= 7) out.push((rest & 0x7f) | 0x80)
    out.push(rest)
    return
  }
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 0x7fn; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80)
  out.push(Number(rest))
}
