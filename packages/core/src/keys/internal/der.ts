import type { Bytes } from '../../internal/base/bytes.ts'

/** One DER element (X.690 section 10): its tag and its content. */
export interface Element {
  readonly tag: number
  readonly content: Bytes
}

export const INTEGER = 0x02
export const BIT_STRING = 0x03
export const OCTET_STRING = 0x04
export const OBJECT_IDENTIFIER = 0x06
export const SEQUENCE = 0x30

/** Reads the elements that fill `der` exactly; `undefined` if a length is wrong or not in its shortest form. */
export function readElements(der: Bytes): readonly Element[] | undefined {
  const elements: Element[] = []
  let offset = 0
  while (offset < der.length) {
    const tag = der[offset] ?? 0
    let length = der[offset + 1] ?? 0x80
    let start = offset + 2
    // Keys are short, so a long length has one byte after 0x81, and only if the length needs it.
    if (length === 0x81) {
      length = der[start++] ?? 0
      if (length < 0x80) return undefined
    } else if (length >= 0x80) {
      return undefined
    }
    offset = start + length
    if (offset > der.length) return undefined
    elements.push({ tag, content: der.slice(start, offset) })
  }
  return elements
}

/** The elements inside the only element of `der`, if that has the tag `tag`; otherwise `undefined`. */
export function readConstructed(der: Bytes, tag: number): readonly Element[] | undefined {
  const [only, ...others] = readElements(der) ?? []
  return only?.tag === tag && others.length === 0 ? readElements(only.content) : undefined
}

/** The bytes of a bit string, or `undefined` if it does not have whole bytes. */
export function bitString(content: Bytes): Bytes | undefined {
  return content[0] === 0 ? content.slice(1) : undefined
}
