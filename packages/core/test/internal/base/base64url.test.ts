import { describe, expect, it } from 'vitest'
import { CapabilityError } from '../../../src/index.ts'
import { decodeBase64Url, encodeBase64Url } from '../../../src/internal/base/base64url.ts'

/** What the decoder makes of a text, as hex, or the code of its refusal. */
function outcome(text: string): string {
  try {
    return Buffer.from(decodeBase64Url(text)).toString('hex')
  } catch (error) {
    if (error instanceof CapabilityError) return error.code
    throw error
  }
}

/** What it must make of it: bytes have one spelling, with padding or without. */
function expected(text: string): string {
  const bytes = Buffer.from(text, 'base64url')
  const spelling = bytes.toString('base64url')
  const padded = spelling.padEnd(Math.ceil(spelling.length / 4) * 4, '=')
  return text !== '' && (text === spelling || text === padded) ? bytes.toString('hex') : 'malformed_token'
}

const CHARACTERS = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
  '\u0080',
  'é',
  'Ł',
  '\uffff',
]

function differences(texts: Iterable<string>): string[] {
  return [...texts].filter((text) => outcome(text) !== expected(text))
}

describe('URL-safe base64 is read in one spelling', () => {
  it('each group of one or two characters has one reading', () => {
    const pairs = CHARACTERS.flatMap((first) => CHARACTERS.map((second) => first + second))
    expect(differences([...CHARACTERS, ...pairs])).toEqual([])
  })

  it.each(['AA', '__', 'AAA', 'A__', 'AAAA', '-_-_AA'])('each character after %s has one reading', (start) => {
    expect(differences(CHARACTERS.map((character) => start + character))).toEqual([])
  })

  it('one character after full groups is refused, even if its bits are zero', () => {
    expect(outcome('AAAA')).toBe('000000')
    expect(outcome('AAAAA')).toBe('malformed_token')
  })

  it.each(['', '=', '==', '===', '====', 'AA=', 'AA===', 'AAA==', 'AAAA====', 'AAAA=', 'AA==AA==', 'A===', '=AAA'])(
    'and never as %j',
    (text) => {
      expect(outcome(text)).toBe('malformed_token')
    },
  )

  it('bytes of every length are written as any encoder writes them, with padding', () => {
    for (const length of [...Array.from({ length: 40 }, (_, index) => index), 3072, 3073, 20_000]) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 89 + length) & 0xff)
      const expected = Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
      expect(encodeBase64Url(bytes)).toBe(expected)
    }
  })

  it('base64 of every length is read back', () => {
    for (let length = 1; length < 40; length++) {
      const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 89 + length) & 0xff))
      for (const text of [
        bytes.toString('base64url'),
        bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
      ]) {
        expect(outcome(text)).toBe(bytes.toString('hex'))
      }
    }
  })
})
