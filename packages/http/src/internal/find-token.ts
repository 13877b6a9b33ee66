import type { RequestView } from '../request-view.ts'

/** Where the token is sent: in `authorization` after `Bearer`, or alone in another header. */
export interface TokenFrom {
  readonly header: string
}

/** What a request presents: the text of a token, no credential, or more than one. */
export type FoundToken = { readonly token: string } | 'none' | 'several'

const SCHEME = 'bearer'
const SPACE = 0x20
const TAB = 0x09

/** `Bearer` as a whole word, in any case: an auth-scheme is a token of RFC 9110 section 5.6.2. */
const BEARER = /^bearer(?![\w!#$%&'*+.^`|~-])/i

/**
 * Finds the credential of a request (RFC 9110 section 11.4, RFC 6750 section 2.1). Two credentials are never accepted: a proxy
 * and this server might each read another one.
 */
export function findToken(view: RequestView, from: TokenFrom): FoundToken {
  const values = view.header(from.header)
  return from.header === 'authorization' ? findBearer(values) : findPlain(values)
}

function findBearer(values: readonly string[]): FoundToken {
  // A proxy may join repeated headers by commas. No token contains a comma.
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

/** Removes white space of RFC 9110 section 5.6.3 around a text. A regular expression would take quadratic time. */
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
