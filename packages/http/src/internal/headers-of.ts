import type { RequestView } from '../request-view.ts'
import { SourceProblem } from './designations/source-problem.ts'
import type { TokenFrom } from './find-token.ts'

/** Which headers a guard reads: those that were sent, or those that handlers see. */
export type HeadersFrom = 'wire' | 'request'

/** Reads the headers of a request by the rule of a guard. */
export function headersOf(view: RequestView, from: HeadersFrom): RequestView['header'] {
  if (from === 'wire') return (name) => view.header(name)
  return (name) => view.changedHeader?.(name) ?? view.header(name)
}

/** As `headersOf`, but throws a `SourceProblem` if the handler reads another value than the guard. */
export function agreedHeadersOf(view: RequestView, headersFrom: HeadersFrom): RequestView['header'] {
  const header = headersOf(view, headersFrom)
  return (name) => {
    const hint = hintAbout(view, { headersFrom, tokenFrom: { header: name } })
    if (hint !== undefined) throw new SourceProblem('source_missing', hint)
    return header(name)
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
