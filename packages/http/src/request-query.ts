import type { RequestQuery } from './request-view.ts'

/**
 * The query string of a URL, as a guard takes it: it says whether parsers may read another one, because it does not decode or has a
 * fragment after it. A request target has no fragment; where one is sent, frameworks cut the URL at different places. For adapters.
 *
 * @param text - What follows the path, with its `?` or without.
 *
 * @example
 * ```ts
 * import { requestQuery } from '@writ/http'
 *
 * console.log(requestQuery('?tenant=acme').get('tenant'), requestQuery('?tenant=%zz').malformed) // acme true
 * ```
 */
export function requestQuery(text: string): RequestQuery {
  return Object.assign(new URLSearchParams(text), { malformed: text.includes('#') || !decodes(text) })
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
