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

/**
 * Returns the pairs of a query that a framework has parsed, as texts. A value that has no single text designates nothing and becomes
 * an empty text: an object, and half of a surrogate pair, which `URLSearchParams` would replace by another character. For adapters.
 *
 * @param query - The framework's object from name to value, or to several values.
 *
 * @example
 * ```ts
 * import { parsedPairs } from '@writ/http'
 *
 * console.log(parsedPairs({ tenant: 'acme', id: ['1', '2'] })) // [ [ 'tenant', 'acme' ], [ 'id', '1' ], [ 'id', '2' ] ]
 * ```
 */
export function parsedPairs(query: unknown): [name: string, value: string][] {
  return Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value as unknown].flat().map((one): [string, string] => [name, textOf(one)]),
  )
}

function textOf(value: unknown): string {
  const text = ['string', 'number', 'boolean', 'bigint'].includes(typeof value) ? String(value) : ''
  return text.isWellFormed() ? text : ''
}
