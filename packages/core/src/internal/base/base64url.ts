import { type Bytes, characters } from './bytes.ts'
import { malformed } from './unproven.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const VALUES = new Int8Array(128).fill(-1)
for (let index = 0; index < ALPHABET.length; index++) VALUES[ALPHABET.charCodeAt(index)] = index
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0))

/**
 * Decodes URL-safe base64 (RFC 4648 section 5), with or without padding. It is strict, because platform decoders skip
 * white space, mix alphabets or drop trailing bits, which gives one token many spellings.
 *
 * @throws `CapabilityError`: `malformed_token`.
 */
export function decodeBase64Url(text: string): Bytes {
  const length = unpaddedLength(text)
  if (length === 0 || length % 4 === 1) throw malformed()
  const bytes = new Uint8Array((length * 3) >> 2)
  // Negative once a character is none of the alphabet. Looking at it at the end is faster, and the text is short.
  let valid = 0
  let written = 0
  for (let index = 0; index < length; index += 4) {
    const group =
      (valueAt(text, index, length) << 18) |
      (valueAt(text, index + 1, length) << 12) |
      (valueAt(text, index + 2, length) << 6) |
      valueAt(text, index + 3, length)
    valid |= group
    // What lies beyond the end is not written.
    bytes[written++] = group >> 16
    bytes[written++] = group >> 8
    bytes[written++] = group
  }
  if (valid < 0) throw malformed()
  const unused = length % 4 === 2 ? 0x0f : length % 4 === 3 ? 0x03 : 0
  if ((valueAt(text, length - 1, length) & unused) !== 0) throw malformed()
  return bytes
}

/** The six bits of a character; a negative number for one that is not in the alphabet, and 0 beyond the end. */
function valueAt(text: string, index: number, length: number): number {
  if (index >= length) return 0
  const code = text.charCodeAt(index)
  return code < 128 ? (VALUES[code] as number) : -1
}

/** Encodes URL-safe base64, with padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  const codes = new Uint8Array(4 * Math.ceil(bytes.length / 3))
  let written = 0
  for (let index = 0; index < bytes.length; index += 3) {
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    codes[written++] = CODES[group >> 18] as number
    codes[written++] = CODES[(group >> 12) & 63] as number
    codes[written++] = CODES[(group >> 6) & 63] as number
    codes[written++] = CODES[group & 63] as number
  }
  const missing = (3 - (bytes.length % 3)) % 3
  return characters(codes.subarray(0, written - missing)) + '='.repeat(missing)
}

/** The length without padding. Padding must be complete or absent. */
function unpaddedLength(text: string): number {
  if (!text.endsWith('=')) return text.length
  if (text.length % 4 !== 0) throw malformed()
  return text.length - (text.endsWith('==') ? 2 : 1)
}

/** Encodes URL-safe base64 without padding, as JSON Web Keys have it (RFC 7515 section 2). Meant for a few bytes. */
export function encodeUnpadded(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
