import type { RequestView } from './request-view.ts'

/**
 * Where the value of a designation comes from. If the request does not supply it, or supplies it more than once, the answer is
 * `source_empty` (400). If no request could, because the path has no such param or nothing has parsed the body, it is
 * `source_missing` (500).
 *
 * - a text: the route param of that name.
 * - `{ query }`: the query parameter of that name. `name[]`, `name[x]` and `[name]` beside it are refused, because some parsers
 *   read them as the same. A query that does not decode is refused too.
 * - `{ header }`: the header of that name. A value with a comma is refused: it may be two headers, joined on the way.
 * - `{ body }`: a member of the parsed body; with dots (`order.id`) a member of an object in it. Only own members count, and no
 *   elements of lists. The value must be a text, a whole number up to 2^53 - 1, which designates by its decimal text, or a
 *   boolean, which designates by `true` or `false`.
 * - a function: for everything else. It runs only after signature, expiry, revocation, resource, operation and subject have
 *   passed, and once per decision. `undefined` and `''` are `source_empty`, and so is `request.query.get` of a repeated
 *   name. If it throws or returns another type, the answer is `unavailable`.
 */
export type DesignationSource<Native> =
  | string
  | { readonly query: string }
  | { readonly header: string }
  | { readonly body: string }
  | DesignationFunction<Native>

/** Finds the value of a designation. */
export type DesignationFunction<Native> = (
  request: RequestView,
  native: Native,
) => string | undefined | Promise<string | undefined>

/** The designations of a route: an array of params, each named like its label, or an object from label to source. */
export type Designate<Native> = readonly string[] | Readonly<Record<string, DesignationSource<Native>>>
