import type { RequestView } from '../../request-view.ts'
import { isRecord } from '../options.ts'
import { empty, SourceProblem } from './source-problem.ts'

/**
 * The text of a member of a parsed body. `path` is its name; a dot leads to a member of an object in the body. Throws a
 * `SourceProblem` if it has none.
 */
export function bodyValue(body: unknown, path: string, view: RequestView): string {
  if (body === undefined) throw noBody(view)
  let value: unknown = body
  for (const name of path.split('.')) {
    // A member may be called `constructor`, which every object inherits.
    if (!isRecord(value) || !Object.hasOwn(value, name)) return empty(`the body has no member ${path}`)
    value = value[name]
  }
  return textOf(value) || empty(`the member ${path} of the body is empty, or no text, whole number or boolean`)
}

/** `express.json()` would have read this type, unless other parameters follow. */
const JSON_TYPE = /^application\/json(?:; ?charset="?utf-8"?)?$/i

/** Nobody can send a body that nothing parses. Of another type, the app may rightly parse none, and of chunks there may be none. */
function noBody(view: RequestView): SourceProblem {
  const [length] = view.header('content-length')
  const [type, ...others] = view.header('content-type')
  return Number(length) > 0 && type !== undefined && others.length === 0 && JSON_TYPE.test(type)
    ? new SourceProblem(
        'source_missing',
        'nothing has parsed the body when the guard runs: put express.json() before it',
      )
    : new SourceProblem('source_empty', 'the request has no body of a type that the app parses')
}

/**
 * The text of a value that has exactly one. A number is parsed already, so `1e2` and `100` are the same, for the handler too. A
 * number that may have lost digits has no text.
 */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined
}
