import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { RawKey } from './model.ts'

/** Walks the fields of a message; `visit` answers whether it has read the field. */
export function readFields(bytes: Uint8Array, visit: (field: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    if (!visit(field, reader)) reader.skip(type)
  }
}

export function readKey(bytes: Uint8Array): RawKey {
  let algorithm = 0
  let key = new Uint8Array()
  readFields(bytes, (field, reader) => {
    if (field === 1) algorithm = reader.int32()
    else if (field === 2) key = Uint8Array.from(reader.bytes())
    else return false
    return true
  })
  return { algorithm, key }
}

export function writeKey(key: RawKey): Uint8Array {
  const writer = new BinaryWriter()
  writer.tag(1, WireType.Varint).int32(key.algorithm)
  writer.tag(2, WireType.LengthDelimited).bytes(key.key)
  return withExtra(writer, key.extra)
}

/** One varint field; negative values take ten bytes, as int64 does. */
export function varint(field: number, value: bigint): Uint8Array {
  const writer = new BinaryWriter().tag(field, WireType.Varint)
  return (value < 0n ? writer.int64(value) : writer.uint64(value)).finish()
}

/** One length-delimited field. */
export function message(field: number, bytes: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(bytes).finish()
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

/** Finishes a message with the raw fields that a forged one carries. */
export function withExtra(writer: BinaryWriter, extra: Uint8Array | undefined): Uint8Array {
  return (extra === undefined ? writer : writer.raw(extra)).finish()
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}
