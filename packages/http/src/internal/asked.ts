import type { DesignationFunction } from '../designation-source.ts'
import type { RequestView } from '../request-view.ts'
import { agreedHeader, type HeadersFrom } from './headers-of.ts'
import type { Awaitable } from './steps.ts'

/** A request about which a decision is made. A class that makes its parts when they are needed: most requests need none. */
export class Asked<Native> {
  readonly view: RequestView
  readonly native: Native
  readonly #headersFrom: HeadersFrom
  #found: Map<DesignationFunction<Native>, () => Awaitable<string | undefined>> | undefined

  constructor(view: RequestView, native: Native, headersFrom: HeadersFrom) {
    this.view = view
    this.native = native
    this.#headersFrom = headersFrom
  }

  /** The headers that the guard goes by. Throws a `SourceProblem` where a handler reads others. */
  header(name: string): readonly string[] {
    return agreedHeader(this.view, this.#headersFrom, name)
  }

  /** What functions of the user have returned or thrown: each is called once. */
  get found(): Map<DesignationFunction<Native>, () => Awaitable<string | undefined>> {
    this.#found ??= new Map()
    return this.#found
  }
}
