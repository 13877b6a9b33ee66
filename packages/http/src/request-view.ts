/** The query string of a request, as far as a designation needs it; a `URLSearchParams` is one. */
export interface RequestQuery {
  /** The first value of that name, or `null`; for a function of `designate`, the only one. */
  get(name: string): string | null
  /** Every value of that name, in order. */
  getAll(name: string): string[]
  /** Whether the name occurs. */
  has(name: string): boolean
  /** The names, in order, one for each value. */
  keys(): Iterable<string>
  /** Whether parsers may read another query than this one, since it does not decode or has a fragment after it. Default `false`. */
  readonly malformed?: boolean | undefined
}

/**
 * What a guard sees of a web request, whatever the framework. An adapter builds one a request; all members may be getters, so
 * that nothing is parsed before somebody asks.
 */
export interface RequestView {
  /** The method as sent, in upper case for every standard method. */
  readonly method: string
  /** The whole path as sent, still percent-encoded, without the query. */
  readonly path: string
  /** The params of the matched route: decoded once, not coerced. Only strings, in an object without a prototype. */
  readonly params: Readonly<Record<string, string | undefined>>
  /** The query string. */
  readonly query: RequestQuery
  /**
   * Every value of a header as sent, so that a repeated header is seen, or one with all of them joined by commas, where the framework
   * has no other; none: an empty array. `name` is in lower case.
   */
  header(name: string): readonly string[]
  /** The parsed body, or a promise of it, where the framework has parsed one before the guard. */
  readonly body?: unknown
  /** The caller's address as the framework understands it. */
  readonly ip: string | undefined
  /**
   * The request itself, where several views of one may be decided about: they share the proof of its token. It must live no longer than one
   * request does. Default: the view.
   */
  readonly source?: object | undefined
  /**
   * What stands for one run of a handler: a single-use capability is spent once for it, and is used up for any other. Default: one for
   * all views of the source, until a requirement is decided about in a second view; what follows is about another run then.
   */
  readonly run?: object | undefined
}
