/** Field number of an appended block in a Biscuit token, a protobuf message: 2 is the authority block, 4 the proof. */
const APPENDED_BLOCK = 3
/** The wire type of a number. */
const NUMBER = 0

/**
 * Takes off the last appended block and leaves all else, the proof too. The proof is the secret that belongs to the block
 * which is now gone, and that is how a verifier notices; the one for what is left was thrown away when the block was
 * appended.
 */
export function cutLastBlock(token: string): string {
  const bytes = Buffer.from(token, 'base64url')
  const last = fieldsOf(bytes).findLast(({ number }) => number === APPENDED_BLOCK)
  if (!last) throw new Error('the token has no appended block')
  return Buffer.concat([bytes.subarray(0, last.start), bytes.subarray(last.end)]).toString('base64url')
}

/** Flips the lowest bit in the last byte of a text that the token holds. */
export function flipByte(token: string, text: string): string {
  const bytes = Buffer.from(token, 'base64url')
  const found = bytes.indexOf(text)
  if (found === -1) throw new Error('the token does not hold the text')
  const position = found + Buffer.byteLength(text) - 1
  bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position)
  return bytes.toString('base64url')
}

interface Field {
  readonly number: number
  readonly start: number
  readonly end: number
}

/** The fields of a token: the id of the root key is a number, all others are a length and their content. */
function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = []
  for (let start = 0; start < bytes.length; ) {
    const tag = readVarint(bytes, start)
    const value = readVarint(bytes, tag.end)
    const end = (tag.value & 7) === NUMBER ? value.end : value.end + value.value
    fields.push({ number: tag.value >> 3, start, end })
    start = end
  }
  return fields
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function readVarint(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0
  for (let end = start, shift = 0; ; shift += 7) {
    const byte = bytes.readUInt8(end++)
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return { value, end }
  }
}
