import type { Random } from './random.ts'

const INTERESTING = [0, 1, 2, 3, 5, 7, 8, 0x0a, 0x10, 0x12, 0x1a, 0x22, 0x2a, 0x7f, 0x80, 0xff]

type Change = (bytes: Uint8Array, random: Random) => Uint8Array

export const flipBits: Change = (bytes, random) => {
  const changed = Uint8Array.from(bytes)
  for (let flips = 1 + random.below(3); flips > 0 && changed.length > 0; flips--) {
    const position = random.below(changed.length)
    changed[position] = (changed[position] as number) ^ (1 << random.below(8))
  }
  return changed
}

export const overwriteBytes: Change = (bytes, random) => {
  const changed = Uint8Array.from(bytes)
  const position = random.below(changed.length + 1)
  const length = 1 + random.below(4)
  for (let index = position; index < Math.min(position + length, changed.length); index++)
    changed[index] = oddByte(random)
  return changed
}

export const insertBytes: Change = (bytes, random) => {
  const position = random.below(bytes.length + 1)
  const inserted = Uint8Array.from({ length: 1 + random.below(6) }, () => oddByte(random))
  return join(bytes.subarray(0, position), inserted, bytes.subarray(position))
}

export const deleteBytes: Change = (bytes, random) => {
  const position = random.below(bytes.length + 1)
  return join(bytes.subarray(0, position), bytes.subarray(position + 1 + random.below(6)))
}

/** A piece of the input, once more at another place. */
export const copyBytes: Change = (bytes, random) => {
  const from = random.below(bytes.length + 1)
  const to = random.below(bytes.length + 1)
  return join(bytes.subarray(0, to), bytes.subarray(from, from + 1 + random.below(40)), bytes.subarray(to))
}

export const cutBytes: Change = (bytes, random) => {
  const length = random.below(bytes.length + 1)
  return random.chance(80) ? bytes.subarray(0, length) : bytes.subarray(length)
}

export const BYTE_CHANGES: readonly Change[] = [flipBits, overwriteBytes, insertBytes, deleteBytes, copyBytes, cutBytes]

function oddByte(random: Random): number {
  return random.chance(50) ? random.pick(INTERESTING) : random.below(256)
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
