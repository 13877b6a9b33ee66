import type { RequestView } from '../../request-view.ts'
import { trim } from './trim.ts'

/** What a credential is looked for in. */
export type Sent = Pick<RequestView, 'method' | 'header' | 'changedHeader'>

/** The cookie that holds a token, and the other origins whose pages may send it. */
export interface CookieRule {
  readonly name: string
  readonly allowedOrigins: ReadonlySet<string>
}

/** QUERY is safe too, but a page of another site may choose what it asks. */
const SAFE: readonly string[] = ['GET', 'HEAD', 'OPTIONS']
const OWN_SITE: readonly (string | undefined)[] = ['same-origin', 'none']

/** `=` as encoders of cookies write it. Nothing else in a token is changed by them. */
const ENCODED_PADDING = /(?:%3D){1,2}$/i

/**
 * The values of every cookie of that name (RFC 6265 section 4.2), without quotes. Libraries keep one of several, and a page of
 * a sibling domain can add a second one, or one whose name differs by a space that only some libraries remove. A comma may be
 * that of a parser which joins headers, so what looks like the cookie after one counts as a further value.
 */
export function cookieValues(headers: readonly string[], name: string): string[] {
  const found: string[] = []
  for (const pair of headers.flatMap((header) => header.split(';'))) {
    for (const [index, part] of pair.split(',').entries()) {
      const equals = part.indexOf('=')
      if (equals === -1 || trim(part.slice(0, equals)) !== name) continue
      if (index > 0) found.push('')
      found.push(tokenIn(trim(part.slice(equals + 1))))
    }
  }
  return found
}

function tokenIn(value: string): string {
  const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"')
  const plain = isQuoted ? value.slice(1, -1) : value
  return plain.replace(ENCODED_PADDING, (padding) => '='.repeat(padding.length / 3))
}

/**
 * Whether a page of another site may have sent a request: a browser adds the cookie whoever asks. It says who asks by headers
 * that pages cannot set. An upgrade is a GET whose answer the page may read, so it counts as unsafe.
 */
export function isCrossSite(sent: Sent, { allowedOrigins }: CookieRule): boolean {
  if (SAFE.includes(sent.method) && !isUpgrade(sent)) return false
  const [sites, origins] = [sent.header('sec-fetch-site'), sent.header('origin')]
  if (sites.length === 1 && OWN_SITE.includes(sites[0])) return false
  return origins.length !== 1 || !allowedOrigins.has(origins[0] ?? '')
}

/** Also if code of the app has removed the header: the handler may open a socket all the same. */
function isUpgrade(sent: Sent): boolean {
  return sent.header('upgrade').length > 0 || sent.changedHeader?.('upgrade') !== undefined
}
