import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as own from '../src/text.ts'

/** Throws or returns, as something to compare. */
const outcome = <T>(act: () => T) => {
  try {
    return act()
  } catch {
    return 'refused'
  }
}

describe('text in an engine without the Encoding Standard', () => {
  it('is encoded as UTF-8 just as a platform does it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(new own.TextEncoder().encode(text)).toEqual(new TextEncoder().encode(text))
      }),
    )
    expect(new own.TextEncoder().encode('a\ud800b')).toEqual(new TextEncoder().encode('a\ufffdb'))
  })

  it.each([
    ['a long form', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['cut off', [0xe2, 0x82]],
    ['a byte that begins nothing', [0x80]],
  ])('is not decoded where it is no UTF-8: %s', (_name, bytes) => {
    expect(() => new own.TextDecoder().decode(Uint8Array.from(bytes))).toThrow(URIError)
  })

  it('is decoded just as a platform does it', () => {
    const platform = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.string({ unit: 'grapheme' }).map((text) => new TextEncoder().encode(text)),
      fc.constant(Uint8Array.of(0xef, 0xbb, 0xbf, 0x00, 0x25, 0x34)),
    )
    fc.assert(
      fc.property(bytes, (some) => {
        expect(outcome(() => new own.TextDecoder().decode(some))).toBe(outcome(() => platform.decode(some)))
      }),
    )
  })
})
