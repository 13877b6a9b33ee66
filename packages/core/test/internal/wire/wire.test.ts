import { describe, expect, it } from 'vitest'
import { CapabilityError } from '../../../src/index.ts'
import { encodeMessage } from '../../../src/internal/wire/encode.ts'
import {
  type BytesCodec,
  bool,
  bytes,
  type Codec,
  decodeMessage,
  enumeration,
  index,
  int64,
  message,
  oneOf,
  optional,
  recursive,
  repeated,
  required,
  string,
  uint32,
  uint64,
} from '../../../src/internal/wire/wire.ts'

function read<T>(codec: BytesCodec<T>, ...buffer: readonly number[]): T | string {
  try {
    return decodeMessage(codec, Uint8Array.from(buffer))
  } catch (error) {
    if (error instanceof CapabilityError) return error.code
    throw error
  }
}

/** The shortest form, seven bits a byte, or one of `length` bytes. */
function varint(value: bigint, length = 1): number[] {
  const rest = value >> 7n
  return rest === 0n && length <= 1 ? [Number(value)] : [Number(value & 0x7fn) | 0x80, ...varint(rest, length - 1)]
}

const only = <T>(codec: Codec<T>) => message({ a: required(1, codec) })
const powers = Array.from({ length: 64 }, (_, bits) => 1n << BigInt(bits))

describe('an integer on the wire', () => {
  it('an integer of every length up to 64 bits is read', () => {
    for (const value of [0n, ...powers, ...powers.map((power) => 2n * power - 1n)]) {
      expect(read(only(uint64), 0x08, ...varint(value))).toEqual({ a: value })
    }
  })

  it('an integer of more than 64 bits or ten bytes is refused', () => {
    for (const value of [2n ** 64n, 2n ** 64n + 1n, 2n ** 65n - 1n, 2n ** 70n - 1n, 2n ** 70n]) {
      expect(read(only(uint64), 0x08, ...varint(value))).toBe('malformed_token')
    }
    expect(read(only(uint64), 0x08, ...varint(0n, 11))).toBe('malformed_token')
  })

  it('an integer in a longer form than needed is refused', () => {
    for (const [index, value] of [0n, ...powers].entries()) {
      const shortest = varint(value).length
      for (let length = shortest + 1; length <= 10; length++) {
        expect([index, length, read(only(uint64), 0x08, ...varint(value, length))]).toEqual([
          index,
          length,
          'malformed_token',
        ])
      }
    }
  })

  it('an integer that breaks off is refused', () => {
    for (let length = 0; length < 10; length++) {
      expect(read(only(uint64), 0x08, ...new Array<number>(length).fill(0x80))).toBe('malformed_token')
    }
  })

  it('an int64 has 64 bits and a sign', () => {
    expect(read(only(int64), 0x08, ...varint(2n ** 63n - 1n))).toEqual({ a: 2n ** 63n - 1n })
    expect(read(only(int64), 0x08, ...varint(2n ** 63n))).toEqual({ a: -(2n ** 63n) })
    expect(read(only(int64), 0x08, ...varint(2n ** 64n - 1n))).toEqual({ a: -1n })
  })

  it('a uint32 has 32 bits', () => {
    expect(read(only(uint32), 0x08, ...varint(2n ** 32n - 1n))).toEqual({ a: 2 ** 32 - 1 })
    expect(read(only(uint32), 0x08, ...varint(2n ** 32n))).toBe('malformed_token')
  })

  it('a boolean is 0 or 1 and nothing else', () => {
    expect([0n, 1n, 2n, 2n ** 32n].map((value) => read(only(bool), 0x08, ...varint(value)))).toEqual([
      { a: false },
      { a: true },
      'malformed_token',
      'malformed_token',
    ])
  })

  it('an enum takes only the numbers of its names', () => {
    const codec = only(enumeration('one', 'all'))
    expect([0n, 1n, 2n, 2n ** 32n, 2n ** 64n - 1n].map((value) => read(codec, 0x08, ...varint(value)))).toEqual([
      { a: 'one' },
      { a: 'all' },
      'malformed_token',
      'malformed_token',
      'malformed_token',
    ])
  })
})

describe('what is written is read back', () => {
  it('an integer of every length is written in its shortest form', () => {
    for (const value of [0n, ...powers, ...powers.map((power) => 2n * power - 1n)]) {
      expect([...encodeMessage(only(uint64), { a: value })]).toEqual([0x08, ...varint(value)])
      if (value < 2n ** 53n) {
        expect([...encodeMessage(only(index), { a: Number(value) })]).toEqual([0x08, ...varint(value)])
      }
    }
    expect([...encodeMessage(only(int64), { a: -1n })]).toEqual([0x08, ...varint(2n ** 64n - 1n)])
  })

  it('a message of any size keeps the order of its parts', () => {
    const codec = message({ a: repeated(1, bytes), b: optional(2, string), c: required(3, only(uint64)) })
    for (const size of [0, 1, 127, 128, 1000, 1020, 1024, 5000, 20_000]) {
      const value = { a: [Uint8Array.of(1), new Uint8Array(size).fill(7), Uint8Array.of(2)], b: 'é', c: { a: 300n } }
      expect(decodeMessage(codec, encodeMessage(codec, value))).toEqual(value)
    }
  })
})

describe('an index', () => {
  it('an index is a number, and one of more than 2^53 is so large that it names nothing', () => {
    expect(read(only(index), 0x08, ...varint(1024n))).toEqual({ a: 1024 })
    for (const value of [2n ** 53n + 1n, 2n ** 63n + 1024n, 2n ** 64n - 1n]) {
      expect(read(only(index), 0x08, ...varint(value))).toEqual({ a: Number(value) })
      expect(Number(value)).toBeGreaterThanOrEqual(2 ** 53)
    }
    expect(read(only(index), 0x08, ...varint(2n ** 64n))).toBe('malformed_token')
  })
})

describe('a field on the wire', () => {
  const codec = message({ a: required(1, uint64), b: optional(2, bytes), c: repeated(16, string) })
  const [a, b, c] = [
    [0x08, 1],
    [0x12, 1, 7],
    [0x82, 0x01, 1, 0x61],
  ] as const

  it('fields can be in any order, and repeated where the schema says so', () => {
    expect(read(codec, ...c, ...b, ...c, ...a)).toEqual({ a: 1n, b: Uint8Array.of(7), c: ['a', 'a'] })
    expect(read(codec, ...a)).toEqual({ a: 1n, b: undefined, c: [] })
  })

  it.each<[string, readonly number[]]>([
    ['a missing required field', b],
    ['a required field twice', [...a, ...a]],
    ['an optional field twice', [...a, ...b, ...b]],
    ['an unknown field number', [...a, 0x18, 1]],
    ['field number 0', [...a, 0x00, 1]],
    ['an integer for bytes', [...a, 0x10, 1]],
    ['bytes for an integer', [0x0a, 1, 1]],
    ['a fixed 64-bit value', [0x09, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a group', [0x0b, 0x0c]],
    ['a fixed 32-bit value', [0x0d, 0, 0, 0, 0]],
    ['wire type 6', [0x0e, 0]],
    ['wire type 7', [0x0f, 0]],
    ['a field number of more than 29 bits', [...varint((2n ** 29n + 1n) << 3n), 1]],
    ['a field number whose low 32 bits are known', [...varint((1n << 32n) | 8n), 1]],
    ['a length past the end', [...a, 0x12, 2, 7]],
    ['a length of 2^32 past the end', [...a, 0x12, ...varint(2n ** 32n + 1n), 7]],
    ['no length', [...a, 0x12]],
    ['no value', [0x08]],
    ['a string that is not UTF-8', [...a, 0x82, 0x01, 1, 0xff]],
    ['a string with half a character', [...a, 0x82, 0x01, 1, 0xc3]],
    ['a string with a surrogate', [...a, 0x82, 0x01, 3, 0xed, 0xa0, 0x80]],
  ])('a message with %s is refused', (_name, buffer) => {
    expect(read(codec, ...buffer)).toBe('malformed_token')
  })

  it('a string keeps its byte order mark', () => {
    expect(read(codec, ...a, 0x82, 0x01, 4, 0xef, 0xbb, 0xbf, 0x61)).toMatchObject({ c: ['\uFEFFa'] })
  })

  it('bytes and strings can be empty', () => {
    expect(read(codec, ...a, 0x12, 0)).toEqual({ a: 1n, b: new Uint8Array(), c: [] })
  })
})

describe('one of several on the wire', () => {
  const codec = oneOf({ a: [1, uint64], b: [2, bytes] })

  it('exactly one field of a oneof is read', () => {
    expect(read(codec, 0x08, 5)).toEqual({ type: 'a', value: 5n })
    expect(read(codec, 0x12, 1, 7)).toEqual({ type: 'b', value: Uint8Array.of(7) })
  })

  it.each<[string, readonly number[]]>([
    ['no field', []],
    ['two fields', [0x08, 5, 0x12, 1, 7]],
    ['the same field twice', [0x08, 5, 0x08, 5]],
    ['an unknown field', [0x18, 5]],
    ['a known and an unknown field', [0x08, 5, 0x18, 5]],
    ['an integer for bytes', [0x10, 1]],
    ['bytes for an integer', [0x0a, 1, 5]],
  ])('a oneof with %s is refused', (_name, buffer) => {
    expect(read(codec, ...buffer)).toBe('malformed_token')
  })
})

describe('a message that contains itself', () => {
  interface Nested {
    readonly inner: Nested | undefined
  }
  const inner: BytesCodec<Nested> = recursive(() => nested)
  const nested: BytesCodec<Nested> = message({ inner: optional(1, inner) })
  const choice: BytesCodec<{ type: 'again' | 'end'; value: unknown }> = oneOf({
    again: [1, recursive(() => choice as BytesCodec<unknown>)],
    end: [2, uint64],
  })
  const wrap = (levels: number, innermost: readonly number[]): number[] => {
    let buffer = [...innermost]
    for (let level = 0; level < levels; level++) buffer = [0x0a, ...varint(BigInt(buffer.length)), ...buffer]
    return buffer
  }

  it.each<[string, BytesCodec<unknown>, readonly number[]]>([
    ['fields', nested, []],
    ['one of several', choice, [0x10, 1]],
  ])('a message that contains itself as %s is read 64 deep and no deeper', (_name, codec, innermost) => {
    expect(read(codec, ...wrap(64, innermost))).toBeTypeOf('object')
    expect(read(codec, ...wrap(65, innermost))).toBe('malformed_token')
    expect(read(codec, ...wrap(5_000, innermost))).toBe('malformed_token')
  })
})
