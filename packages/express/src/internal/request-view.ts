import type { RequestView } from '@writ/http'
import type { Request } from 'express'

/** What the guard sees of a request; taken when the guard starts, since routing changes the request later. */
export function viewOf(req: Request): RequestView {
  const [path = '', search = ''] = splitOnce(req.originalUrl.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, ''), '?')
  return {
    method: req.method,
    path,
    params: stringsOf(req.params),
    get query() {
      return new URLSearchParams(search)
    },
    header: (name) => rawValues(req.rawHeaders, name),
    get body() {
      return req.body
    },
    get ip() {
      return req.ip
    },
  }
}

/** Own params only, and no arrays: a wildcard of Express 5 has several values, and joining them would be a guess. */
function stringsOf(params: object): Record<string, string> {
  const strings: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'string') strings[name] = value
  }
  return strings
}

/** From the raw headers: `req.headers` silently keeps the first of two `Authorization` headers. */
function rawValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)
}

function splitOnce(text: string, separator: string): readonly string[] {
  const index = text.indexOf(separator)
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}
