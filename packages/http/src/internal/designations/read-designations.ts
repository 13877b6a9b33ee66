import { CapabilityError } from '@writ/core/verify'
import type { DesignationFunction, DesignationSource } from '../../designation-source.ts'
import type { RequestView } from '../../request-view.ts'
import type { FrozenRequirement } from '../../requirement.ts'
import type { Asked } from '../asked.ts'
import { type Awaitable, doneSoon, outcomeOf, remembered, type Steps } from '../steps.ts'
import { bodyValue } from './body-value.ts'
import { onlyHeaderValue, onlyQueryValue, withOnlyValues } from './only-value.ts'
import { empty, SourceProblem } from './source-problem.ts'

/**
 * Reads the designations that a request supplies, as decoded strings. Throws `source_empty` or `source_missing` for a value that is
 * absent, empty or ambiguous, and `unavailable` if a function of the user fails.
 */
export function readDesignations<Native>(
  requirement: FrozenRequirement<Native>,
  asked: Asked<Native>,
): Awaitable<Readonly<Record<string, string>>> {
  return doneSoon(readAll(requirement, asked))
}

function* readAll<Native>(
  { designate }: FrozenRequirement<Native>,
  asked: Asked<Native>,
): Steps<Readonly<Record<string, string>>> {
  const designations: Record<string, string> = Object.create(NO_NAMES)
  for (const label of Object.keys(designate)) {
    try {
      const source = designate[label] as DesignationSource<Native>
      designations[label] =
        typeof source === 'string' ? paramValue(asked.view.params, source) : yield* readSource(source, asked)
    } catch (cause) {
      throw cause instanceof SourceProblem ? new CapabilityError(cause.code, { label, cause }) : cause
    }
  }
  return designations
}

function* readSource<Native>(source: Exclude<DesignationSource<Native>, string>, asked: Asked<Native>): Steps<string> {
  const { view } = asked
  if (typeof source === 'function')
    return (yield* outcomeOf(findOnce(source, asked))) || empty('the function of designate found nothing')
  if ('query' in source) return onlyQueryValue(view.query, source.query) || empty(`the query has no ${source.query}`)
  if ('header' in source)
    return onlyHeaderValue(asked, source.header) || empty(`the request has no header ${source.header}`)
  return bodyValue(yield* outcomeOf(view.body), source.body, view)
}

/** What inherits from it inherits no name, as if it had no prototype, and takes a fraction of the memory. */
const NO_NAMES: object = Object.freeze(Object.create(null))

/** Takes only text: any other type has no agreed spelling. A param that is there, but has no text, is the request's. */
function paramValue(params: RequestView['params'], name: string): string {
  if (!Object.hasOwn(params, name)) throw new SourceProblem('source_missing', missingParam(name))
  const value: unknown = params[name]
  return typeof value === 'string' && value !== '' ? value : empty(`the param ${name} is empty or does not decode`)
}

function missingParam(name: string): string {
  return (
    `the matched path has no param ${name} with one value. A mounted router needs mergeParams: true. A guard in use() has only the ` +
    'params of its own path. A path without an optional param needs a route of its own. A wildcard with several values needs a ' +
    'function, which reads req.params.'
  )
}

function findOnce<Native>(source: DesignationFunction<Native>, asked: Asked<Native>): Awaitable<string | undefined> {
  const value = asked.found.get(source) ?? remembered(() => doneSoon(callSource(source, asked)))
  asked.found.set(source, value)
  return value()
}

function* callSource<Native>(source: DesignationFunction<Native>, asked: Asked<Native>): Steps<string | undefined> {
  let value: unknown
  try {
    const view = withOnlyValues(asked.view, (name) => asked.header(name))
    value = yield* outcomeOf(source(view, asked.native))
  } catch (cause) {
    if (cause instanceof SourceProblem) throw cause
    // Even if it throws a CapabilityError: a look-up does not judge the token.
    throw new CapabilityError('unavailable', { cause })
  }
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  // A number or an object has several spellings: coerced, it might match what other code reads differently.
  throw new CapabilityError('unavailable', { cause: new TypeError('designate: a function must return a string') })
}
