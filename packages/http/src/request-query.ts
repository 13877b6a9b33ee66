import type { RequestQuery } from './request-view.ts'

/**
 * Parses the query string of a URL for a guard. It is `malformed` if other parsers may read it differently: because it does not
 * decode, because it has more than 1000 pairs, or because a fragment follows it. A request should have no fragment, and
 * frameworks cut it off at different places. For adapters.
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
  const malformed = text.includes('#') || hasTooManyPairs(text) || !decodes(text)
  return Object.assign(new URLSearchParams(text), { malformed })
}

/** `node:querystring` and `qs`, and so Express, read no more pairs, empty ones included. */
const MAX_PAIRS = 1000

function hasTooManyPairs(text: string): boolean {
  let pairs = 1
  for (let at = text.indexOf('&'); at !== -1 && pairs <= MAX_PAIRS; at = text.indexOf('&', at + 1)) pairs += 1
  return pairs > MAX_PAIRS
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
