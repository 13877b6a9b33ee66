// What core uses of a platform, from what every engine has (ECMA-262). bundle.mjs puts it where core names them: nothing global
// is added.

/** Encodes UTF-8 as the class of the Encoding Standard does. */
export class TextEncoder {
  encode(text: string): Uint8Array {
    // A lone surrogate has no UTF-8.
    const escaped = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
    const bytes = new Uint8Array(escaped.length)
    let length = 0
    for (let index = 0; index < escaped.length; index++) {
      const isEscape = escaped[index] === '%'
      bytes[length++] = isEscape ? Number.parseInt(escaped.slice(index + 1, index + 3), 16) : escaped.charCodeAt(index)
      if (isEscape) index += 2
    }
    return bytes.slice(0, length)
  }
}

/**
 * Decodes UTF-8 strictly: with `fatal` and `ignoreBOM`, which is how core asks for it. ECMA-262 demands that `decodeURIComponent`
 * throws for bytes that are not UTF-8, long forms and surrogates among them.
 */
export class TextDecoder {
  decode(bytes: Uint8Array): string {
    let escaped = ''
    for (const byte of bytes) escaped += byte < 0x10 ? `%0${byte.toString(16)}` : `%${byte.toString(16)}`
    return decodeURIComponent(escaped)
  }
}
