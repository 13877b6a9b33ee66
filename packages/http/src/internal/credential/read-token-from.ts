import type { TokenFrom } from '../find-token.ts'
import { checkKeys, isRecord, readHeaderName } from '../options.ts'

/** Reads the option `tokenFrom`. The error for anything wrong names it. */
export function readTokenFrom(tokenFrom: unknown): TokenFrom {
  if (tokenFrom === undefined) return { header: 'authorization' }
  if (!isRecord(tokenFrom)) throw new TypeError('tokenFrom: must be an object')
  if (!Object.hasOwn(tokenFrom, 'cookie')) {
    checkKeys(tokenFrom, { header: true }, 'tokenFrom.')
    return { header: readHeaderName('tokenFrom.header', tokenFrom['header']) }
  }
  checkKeys(tokenFrom, { cookie: true, allowedOrigins: true }, 'tokenFrom.')
  const { cookie, allowedOrigins } = tokenFrom
  // A name is a token, as that of a header is (RFC 6265 section 4.1.1), but its case counts.
  if (typeof cookie !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(cookie))
    throw new TypeError('tokenFrom.cookie: must be the name of a cookie')
  return { header: 'cookie', cookie: { name: cookie, allowedOrigins: readOrigins(allowedOrigins) } }
}

/** A copy, so that a list which is changed later opens nothing. */
function readOrigins(origins: unknown = []): ReadonlySet<string> {
  if (!Array.isArray(origins) || !origins.every(isOrigin))
    throw new TypeError("tokenFrom.allowedOrigins: must be an array of origins such as 'https://app.example'")
  return new Set(origins as string[])
}

/** As browsers send it: in lower case, without a path, without the usual port. */
function isOrigin(origin: unknown): boolean {
  return (
    typeof origin === 'string' &&
    /^https?:[^*]+$/.test(origin) &&
    URL.canParse(origin) &&
    new URL(origin).origin === origin
  )
}
