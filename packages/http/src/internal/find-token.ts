import type { RequestView } from '../request-view.ts'

/** Where the token travels: a header of its own, or (default) `Authorization: Bearer`. */
export interface TokenFrom {
  readonly header: string
}

/** What a request presents: a token's text, no Bearer credential at all, or more than one. */
export type FoundToken = { readonly token: string } | 'none' | 'several'

const SCHEME = 'bearer'
const SPACE = 0x20
const TAB = 0x09

/** `Bearer` as a whole word: an auth-scheme is a token of RFC 9110 section 5.6.2, compared without case. */
const BEARER = /^bearer(?![\w!#$%&'*+.^`|~-])/i

/**
 * The credential of a request. Only one is ever looked at: of two, a proxy and this server might pick different ones.
 * (RFC 9110 section 11.4, RFC 6750 section 2.1.)
 */
export function findToken(view: RequestView, from: TokenFrom): FoundToken {
  const values = view.header(from.header)
  return from.header === 'authorization' ? findBearer(values) : findPlain(values)
}

function findBearer(values: readonly string[]): FoundToken {
  // A proxy may join repeated headers by commas, which no token contains.
  const parts = values.flatMap((value) => value.split(',')).map(trim)
  const bearer = parts.find((part) => BEARER.test(part.slice(0, SCHEME.length + 1)))
  if (bearer === undefined) return 'none'
  if (parts.length > 1) return 'several'
  let start = SCHEME.length
  while (bearer.charCodeAt(start) === SPACE) start++
  const token = bearer.slice(start)
  return token === '' ? 'none' : { token }
}

function findPlain(values: readonly string[]): FoundToken {
  if (values.length > 1) return 'several'
  const token = trim(values[0] ?? '')
  return token === '' ? 'none' : { token }
}

/** Without the white space of RFC 9110 section 5.6.3 around it. An expression would try each run of spaces from each of its places. */
function trim(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value.charCodeAt(start))) start++
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--
  return value.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}
