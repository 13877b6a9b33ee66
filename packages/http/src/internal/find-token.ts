import { type CookieRule, cookieValues, isCrossSite, type Sent } from './credential/cookie.ts'
import { trim } from './credential/trim.ts'

/** Where the token is sent: in `authorization` after `Bearer`, in one cookie, or alone in another header. */
export interface TokenFrom {
  readonly header: string
  /** The cookie, if `header` is `cookie`. */
  readonly cookie?: CookieRule | undefined
}

/** What a request presents: the text of a token, no credential, more than one, or one that another site may have sent. */
export type FoundToken = { readonly token: string } | 'none' | 'several' | 'cross-site'

const SCHEME = 'bearer'
const SPACE = 0x20

/** `Bearer` as a whole word, in any case: an auth-scheme is a token of RFC 9110 section 5.6.2. */
const BEARER = /^bearer(?![\w!#$%&'*+.^`|~-])/i

/**
 * Finds the credential of a request (RFC 9110 section 11.4, RFC 6750 section 2.1). Two credentials are never accepted: a proxy
 * and this server might each read another one.
 */
export function findToken(view: Sent, from: TokenFrom): FoundToken {
  const values = view.header(from.header)
  if (from.cookie) return findCookie(view, values, from.cookie)
  return from.header === 'authorization' ? findBearer(values) : findPlain(values)
}

function findBearer(values: readonly string[]): FoundToken {
  // A proxy may join repeated headers by commas. No token contains a comma.
  const [only = ''] = values
  const parts = values.length === 1 && !only.includes(',') ? [trim(only)] : partsOf(values)
  const bearer = parts.find((part) => BEARER.test(part.slice(0, SCHEME.length + 1)))
  if (bearer === undefined) return 'none'
  if (parts.length > 1) return 'several'
  let start = SCHEME.length
  while (bearer.charCodeAt(start) === SPACE) start++
  const token = bearer.slice(start)
  return token === '' ? 'none' : { token }
}

function partsOf(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).map(trim)
}

function findPlain(values: readonly string[]): FoundToken {
  if (values.length > 1) return 'several'
  const token = trim(values[0] ?? '')
  return token === '' ? 'none' : { token }
}

function findCookie(view: Sent, sent: readonly string[], rule: CookieRule): FoundToken {
  const [token, ...others] = cookieValues(sent, rule.name)
  if (others.length > 0) return 'several'
  if (!token) return 'none'
  // Who sends a token on purpose expects that it counts.
  if (findBearer(view.header('authorization')) !== 'none') return 'several'
  return isCrossSite(view, rule) ? 'cross-site' : { token }
}
