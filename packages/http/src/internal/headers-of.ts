import type { RequestView } from '../request-view.ts'
import type { Sent } from './credential/cookie.ts'
import { SourceProblem } from './designations/source-problem.ts'
import type { TokenFrom } from './find-token.ts'

/** Which headers a guard reads: those that were sent, or those that handlers see. */
export type HeadersFrom = 'wire' | 'request'

/** Reads a header of a request by the rule of a guard. */
function headerOf(view: RequestView, from: HeadersFrom, name: string): readonly string[] {
  return (from === 'wire' ? undefined : view.changedHeader?.(name)) ?? view.header(name)
}

/** As `headerOf`, but throws a `SourceProblem` if the handler reads another value than the guard. */
export function agreedHeader(view: RequestView, headersFrom: HeadersFrom, name: string): readonly string[] {
  const hint = hintAbout(view, { headersFrom, tokenFrom: { header: name } })
  if (hint !== undefined) throw new SourceProblem('source_missing', hint)
  return headerOf(view, headersFrom, name)
}

/** What a credential is looked for in, by the rule of a guard. */
export class SentBy implements Sent {
  readonly #view: RequestView
  readonly #from: HeadersFrom

  constructor(view: RequestView, from: HeadersFrom) {
    this.#view = view
    this.#from = from
  }

  get method(): string {
    return this.#view.method
  }

  header(name: string): readonly string[] {
    return headerOf(this.#view, this.#from, name)
  }

  changedHeader(name: string): readonly string[] | undefined {
    return this.#view.changedHeader?.(name)
  }
}

/** What to tell the developer if code of the app has changed the header of the token, and the guard does not go by it. */
export function hintAbout(
  view: RequestView,
  { headersFrom, tokenFrom: { header } }: { readonly headersFrom: HeadersFrom; readonly tokenFrom: TokenFrom },
): string | undefined {
  if (headersFrom === 'request' || view.changedHeader?.(header) === undefined) return undefined
  return `code before the guard has changed the header ${header}, and the guard reads what was sent (see headersFrom)`
}
