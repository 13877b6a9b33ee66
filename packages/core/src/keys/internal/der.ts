import type { Bytes } from '../../internal/base/bytes.ts'

/** One DER element (X.690 section 10): its tag, and its content. */
export interface Element {
  readonly tag: number
  readonly content: Bytes
}

export const INTEGER = 0x02
export const BIT_STRING = 0x03
export const OCTET_STRING = 0x04
export const OBJECT_IDENTIFIER = 0x06
export const SEQUENCE = 0x30

/** Reads the elements that fill `der` exactly, or `undefined`: short, long and padded lengths are all refused. */
export function readElements(der: Bytes): readonly Element[] | undefined {
  const elements: Element[] = []
  let offset = 0
  while (offset < der.length) {
    const tag = der[offset] ?? 0
    let length = der[offset + 1] ?? 0x80
    let start = offset + 2
    // Keys are short: one length byte after 0x81 is all that ever occurs, and only for lengths that need it.
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

/** The elements inside the one element of tag `tag` that `der` consists of, or `undefined`. */
export function readConstructed(der: Bytes, tag: number): readonly Element[] | undefined {
  const [only, ...others] = readElements(der) ?? []
  return only?.tag === tag && others.length === 0 ? readElements(only.content) : undefined
}

/** The content of a bit string of whole bytes, or `undefined`. */
export function bitString(content: Bytes): Bytes | undefined {
  return content[0] === 0 ? content.slice(1) : undefined
}
