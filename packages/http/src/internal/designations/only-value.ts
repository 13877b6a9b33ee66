import type { RequestQuery, RequestView } from '../../request-view.ts'
import { SourceProblem } from './source-problem.ts'

/** The only value of a query parameter. Throws a `SourceProblem` if parsers may disagree about it. */
export function onlyQueryValue(query: RequestQuery, name: string): string | null {
  if (query.malformed) throw new SourceProblem('source_empty', 'the query does not decode')
  if (query.getAll(name).length > 1) throw new SourceProblem('source_empty', `the query has ${name} more than once`)
  for (const key of query.keys()) {
    if (isNested(key, name)) throw new SourceProblem('source_empty', `the query has ${name} with brackets`)
  }
  return query.get(name)
}

/** `name[]`, `name[x]`, `[name]`: parsers of nested queries merge them with `name`. */
function isNested(key: string, name: string): boolean {
  const start = key.startsWith('[') ? 1 : 0
  const next = key.charAt(start + name.length)
  return (next === '[' || next === ']') && key.startsWith(name, start)
}

/** The only value of a header. Throws a `SourceProblem` if there are several, or were several on the way. */
export function onlyHeaderValue(request: Pick<RequestView, 'header'>, name: string): string | undefined {
  const values = request.header(name)
  if (values.length > 1 || values[0]?.includes(','))
    throw new SourceProblem('source_empty', `the request has ${name} more than once`)
  return values[0]
}

/** The view that functions of the user get: its query never returns the first of several values. */
export function withOnlyValues(view: RequestView, header: RequestView['header']): RequestView {
  return {
    method: view.method,
    path: view.path,
    params: view.params,
    header,
    source: view.source,
    run: view.run,
    get query() {
      const { query } = view
      return {
        get: (name: string) => onlyQueryValue(query, name),
        getAll: (name: string) => query.getAll(name),
        has: (name: string) => query.has(name),
        keys: () => query.keys(),
      }
    },
    get body() {
      return view.body
    },
    get ip() {
      return view.ip
    },
  }
}
