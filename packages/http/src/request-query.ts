import type { RequestQuery } from './request-view.ts'

/**
 * Parses the query string of a URL for a guard. It is `malformed` if other parsers may read it differently: because it does not
 * decode, or because a fragment follows it. A request should have no fragment, and frameworks cut it off at different places.
 * For adapters.
 *
 * @param text - What follows the path, with or without its `?`.
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
