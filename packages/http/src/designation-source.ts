import type { RequestView } from './request-view.ts'

/**
 * Where the value of a designation comes from. What a request does not name, or names more than once, is `missing_designation`.
 *
 * - a text: the route param of that name.
 * - `{ query }`: the query parameter of that name. Also refused: `name[]`, `name[x]` and `[name]` beside it, which some parsers
 *   take for the same, and a query that does not decode.
 * - `{ header }`: the header of that name. A value with a comma is refused: it may be two headers, joined on the way.
 * - `{ body }`: a member of the parsed body, or with dots (`order.id`) one of an object in it; own members only, none of a list. A text,
 *   or a whole number up to 2^53 - 1 or a boolean, by its one decimal text, `true` or `false`.
 * - a function: for everything else. It runs only after signature, expiry, revocation, resource, operation and subject have passed.
 *   `undefined` and `''` are `missing_designation`, as is `request.query.get` of a name that is repeated; a throw or another type is
 *   `unavailable`. It is called once a decision.
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

/** The designations of a route: an array of param names that are labels too, or an object from label to its source. */
export type Designate<Native> = readonly string[] | Readonly<Record<string, DesignationSource<Native>>>
