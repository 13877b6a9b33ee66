import type { Bytes } from './bytes.ts'
import { malformed } from './unproven.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const VALUES = new Int8Array(128).fill(-1)
for (let index = 0; index < ALPHABET.length; index++) VALUES[ALPHABET.charCodeAt(index)] = index

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
  let bits = 0
  let accumulator = 0
  let written = 0
  for (let index = 0; index < length; index++) {
    const value = VALUES[text.charCodeAt(index)] ?? -1
    if (value < 0) throw malformed()
    accumulator = ((accumulator << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[written++] = (accumulator >> bits) & 0xff
    }
  }
  if ((accumulator & ((1 << bits) - 1)) !== 0) throw malformed()
  return bytes
}

/** Encodes URL-safe base64, with padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    text += ALPHABET[group >> 18]
    text += ALPHABET[(group >> 12) & 63]
    text += ALPHABET[(group >> 6) & 63]
    text += ALPHABET[group & 63]
  }
  const missing = (3 - (bytes.length % 3)) % 3
  return text.slice(0, text.length - missing) + '='.repeat(missing)
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
