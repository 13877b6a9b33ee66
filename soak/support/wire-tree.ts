import type { Random } from './random.ts'

/**
 * Protobuf as a tree that knows no schema: whatever parses as a message is one. Changed and written again, every length fits, so a
 * change reaches what is behind the first check of lengths.
 */
export interface Field {
  number: number
  type: 0 | 1 | 2 | 5
  /** Of a varint. */
  value: bigint
  /** Of anything else that has no fields. */
  bytes: Uint8Array
  fields: Field[] | undefined
}

const MAX_DEPTH = 12
const VALUES = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 29n, 127n, 128n, 1023n, 1024n, 1025n, 2n ** 31n, 2n ** 32n, 2n ** 53n]
const WIDE = [2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]

/** `undefined` for what is no message. */
export function parseTree(bytes: Uint8Array, depth = 0): Field[] | undefined {
  const fields: Field[] = []
  let position = 0
  const varint = (): bigint | undefined => {
    let value = 0n
    for (let shift = 0n; shift < 70n && position < bytes.length; shift += 7n) {
      const byte = bytes[position++] as number
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    return undefined
  }
  while (position < bytes.length) {
    const tag = varint()
    if (tag === undefined || tag > 0xffffn || tag < 8n) return undefined
    const number = Number(tag >> 3n)
    const type = Number(tag & 7n)
    const value = type === 0 || type === 2 ? varint() : 0n
    if (value === undefined || ![0, 1, 2, 5].includes(type)) return undefined
    const length = type === 0 ? 0 : type === 1 ? 8 : type === 5 ? 4 : Number(value)
    if (position + length > bytes.length) return undefined
    const content = bytes.subarray(position, position + length)
    position += length
    const inner = type === 2 && length > 0 && depth < MAX_DEPTH ? parseTree(content, depth + 1) : undefined
    fields.push({ number, type: type as Field['type'], value, bytes: content, fields: inner })
  }
  return fields
}

export function writeTree(fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const { number, type, value, bytes, fields: inner } of fields) {
    parts.push(varintBytes(BigInt(number * 8 + type)))
    const content = inner === undefined ? bytes : writeTree(inner)
    if (type === 0) parts.push(varintBytes(value))
    else if (type === 2) parts.push(varintBytes(BigInt(content.length)), content)
    else parts.push(content)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Changes one to three fields anywhere in the tree, in place; pieces may come from another tree. */
export function changeTree(root: Field[], donor: readonly Field[], random: Random): void {
  for (let changes = 1 + (random.chance(30) ? random.below(3) : 0); changes > 0; changes--) {
    const list = random.pick(listsOf(root))
    const index = random.below(list.length + 1)
    const field = list[index]
    const given = random.pick(random.pick(listsOf(donor)))
    const gift = given && copyOf(given)
    if (field === undefined || random.chance(10)) {
      if (gift !== undefined) list.splice(index, 0, gift)
    } else {
      changeField(list, index, field, gift, random)
    }
  }
}

/** Puts a field of the donor where the tree has one of the same number; the crudest exchange between two tokens. */
export function spliceTree(root: Field[], donor: readonly Field[], random: Random): void {
  const list = random.pick(listsOf(root).slice(0, 1 + random.below(12)))
  const index = random.below(list.length)
  const same = listsOf(donor)
    .flat()
    .filter(({ number, type }) => number === list[index]?.number && type === list[index]?.type)
  if (same.length > 0) list.splice(index, random.chance(80) ? 1 : 0, copyOf(random.pick(same.slice(0, 12))))
}

function changeField(list: Field[], index: number, field: Field, gift: Field | undefined, random: Random): void {
  switch (random.below(9)) {
    case 0:
      list.splice(index, 1)
      return
    case 1:
      list.splice(random.below(list.length + 1), 0, copyOf(field))
      return
    case 2: {
      const other = random.below(list.length)
      list[index] = list[other] as Field
      list[other] = field
      return
    }
    case 3:
      field.number = random.chance(70) ? 1 + random.below(12) : random.below(40)
      return
    case 4:
      field.type = random.pick([0, 1, 2, 5])
      return
    case 5:
      list[index] = { number: field.number, type: 2, value: 0n, bytes: new Uint8Array(), fields: [field] }
      return
    case 6:
      if (gift !== undefined) list[index] = { ...gift, number: field.number }
      return
    default:
      field.value = random.chance(60) ? random.pick(VALUES) : random.pick([...WIDE, BigInt(random.below(2000))])
      if (field.type === 2 && field.fields === undefined) field.bytes = random.bytes(random.below(40))
  }
}

function copyOf(field: Field): Field {
  return { ...field, fields: field.fields?.map(copyOf) }
}

/** Every list of fields in the tree, the outermost first; an empty tree has one, the empty list. */
function listsOf(fields: readonly Field[]): Field[][] {
  return [fields as Field[], ...fields.flatMap(({ fields: inner }) => (inner === undefined ? [] : listsOf(inner)))]
}

function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  return Uint8Array.from([...bytes, Number(rest)])
}
