/** The query string of a request, as far as a designation needs it. A `URLSearchParams` will do. */
export interface RequestQuery {
  /** The first value of that name, or `null`. In a function of `designate`, the only value. */
  get(name: string): string | null
  /** Every value of that name, in order. */
  getAll(name: string): string[]
  /** Whether the name occurs. */
  has(name: string): boolean
  /** The names, in order, one per value. */
  keys(): Iterable<string>
  /** Whether other parsers may read it differently: it does not decode, or a fragment follows it. Default `false`. */
  readonly malformed?: boolean | undefined
}

/**
 * What a guard sees of a web request, whatever the framework. An adapter creates one per request. All members may be getters,
 * so that nothing is parsed before it is needed.
 */
export interface RequestView {
  /** The method as sent, in upper case for every standard method. */
  readonly method: string
  /** The whole path as sent, still percent-encoded, without the query. */
  readonly path: string
  /**
   * The params of the matched route: decoded once, not coerced. Only strings, in an object without a prototype. `undefined` for a
   * param that the path has, but that cannot be read: then the request is to blame, and not the route.
   */
  readonly params: Readonly<Record<string, string | undefined>>
  /** The query string. */
  readonly query: RequestQuery
  /**
   * All values of the header, one entry per line sent. If the framework joins them by commas, one joined entry. An empty array
   * if the header is absent. `name` is in lower case.
   */
  header(name: string): readonly string[]
  /**
   * The values of the header that handlers see, if code of the app has changed it since it was sent. `undefined` if it has not.
   * Default: nothing is changed.
   */
  changedHeader?(name: string): readonly string[] | undefined
  /**
   * The parsed body, or a promise of it, if the framework parses it before the guard runs. `undefined` if nothing has parsed it,
   * `null` if it does not parse.
   */
  readonly body?: unknown
  /** The caller's address as the framework understands it. */
  readonly ip: string | undefined
  /**
   * The request itself. Views with the same source share the proof of their token. It must not live longer than one request.
   * Default: the view.
   */
  readonly source?: object | undefined
  /**
   * An object that stands for one run of a handler. A single-use capability is spent once for it, and is used up for any other
   * run. Default: all views of the source belong to one run, until the same requirement is decided about in another view; then
   * another run has begun.
   */
  readonly run?: object | undefined
}
