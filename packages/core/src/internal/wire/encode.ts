import { type Bytes, concatBytes, utf8 } from '../base/bytes.ts'
import type { BytesCodec, Codec } from './wire.ts'

/**
 * Encodes a message, the mirror of `decodeMessage`: fields in the order of the schema, which is that of their numbers,
 * and every integer in its shortest form. The reference implementation writes the same bytes.
 */
export function encodeMessage<T>(codec: BytesCodec<T>, value: T): Bytes {
  return concatBytes(...contentOf(codec, value))
}

/** Bytes in pieces, so that nested messages are copied once. */
type Pieces = readonly Uint8Array[]

function contentOf(codec: Codec<unknown>, value: unknown): Pieces {
  const { layout } = codec
  switch (layout?.type) {
    case 'recursive':
      return contentOf(layout.codec(), value)
    case 'message':
      return layout.fields.flatMap(([name, { number, codec: of }]) =>
        valuesOf((value as Readonly<Record<string, unknown>>)[name]).flatMap((one) => fieldOf(number, of, one)),
      )
    case 'oneOf': {
      const { type, value: chosen } = value as { readonly type: string; readonly value: unknown }
      const [number, of] = layout.arms[type] as readonly [number, Codec<unknown>]
      return fieldOf(number, of, chosen)
    }
    default:
      return [typeof value === 'string' ? utf8(value) : (value as Bytes)]
  }
}

/** The values under one field: none, one, or those of a repeated field. */
function valuesOf(member: unknown): readonly unknown[] {
  if (member === undefined) return []
  return Array.isArray(member) ? member : [member]
}

function fieldOf(number: number, codec: Codec<unknown>, value: unknown): Pieces {
  const tag = varint(BigInt((number << 3) | codec.wire))
  if (codec.wire === 0) return [tag, varint(integerOf(codec, value))]
  const content = contentOf(codec, value)
  return [tag, varint(BigInt(content.reduce((sum, { length }) => sum + length, 0))), ...content]
}

/** A negative integer is written as the unsigned one with the same 64 bits. */
function integerOf({ layout }: Codec<unknown>, value: unknown): bigint {
  if (layout?.type !== 'enumeration') return BigInt.asUintN(64, BigInt(value as bigint | number | boolean))
  const index = layout.names.indexOf(value as string)
  if (index < 0) throw new TypeError('a name that the format does not have')
  return BigInt(index)
}

function varint(value: bigint): Bytes {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.of(...bytes, Number(rest))
}
