export type Bytes = Uint8Array<ArrayBuffer>

/** Made at the first use: a program may import this module where there is none. */
let encoder: TextEncoder | undefined

export function utf8(text: string): Bytes {
  encoder ??= new TextEncoder()
  return encoder.encode(text)
}

/** One character per byte. */
export function characters(bytes: Uint8Array): string {
  let text = ''
  for (let start = 0; start < bytes.length; start += CHUNK) {
    // Not spread: that would run an iterator, ten times as slow.
    text += String.fromCharCode.apply(null, bytes.subarray(start, start + CHUNK) as unknown as number[])
  }
  return text
}

/** A call takes only so many arguments: on the stack of a device, some thousand end the program. */
const CHUNK = 256

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  const codes = new Uint8Array(2 * bytes.length)
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] as number
    codes[2 * index] = HEX[byte >> 4] as number
    codes[2 * index + 1] = HEX[byte & 15] as number
  }
  return characters(codes)
}

const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

/** Decodes hex. The caller makes sure that it is an even number of hex digits. */
export function fromHex(hex: string): Bytes {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  // A loop, because a callback per byte costs ten times as much, and a token may hold kilobytes to compare.
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** The number of bytes of a well-formed string in UTF-8, counted without encoding it. */
export function utf8Length(text: string): number {
  let length = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    // A surrogate pair has four bytes, so each half counts two.
    length += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return length
}
