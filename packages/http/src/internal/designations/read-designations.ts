import { CapabilityError } from '@writ/core/verify'
import type { DesignationFunction, DesignationSource } from '../../designation-source.ts'
import type { RequestView } from '../../request-view.ts'
import type { FrozenRequirement } from '../../requirement.ts'
import { bodyValue } from './body-value.ts'
import { onlyHeaderValue, onlyQueryValue, withOnlyValues } from './only-value.ts'
import { empty, SourceProblem } from './source-problem.ts'

/** A request about which a decision is made. */
export interface Asked<Native> {
  readonly view: RequestView
  /** The headers that the guard goes by. Throws a `SourceProblem` where a handler reads others. */
  readonly header: RequestView['header']
  readonly native: Native
  /** What functions of the user have returned: each is called once. */
  readonly found: Map<DesignationFunction<Native>, Promise<string | undefined>>
}

/**
 * Reads the designations that a request supplies, as decoded strings. Throws `source_empty` or `source_missing` for a value that is
 * absent, empty or ambiguous, and `unavailable` if a function of the user fails.
 */
export async function readDesignations<Native>(
  requirement: FrozenRequirement<Native>,
  asked: Asked<Native>,
): Promise<Readonly<Record<string, string>>> {
  const designations: Record<string, string> = Object.create(null)
  for (const [label, source] of Object.entries(requirement.designate)) {
    designations[label] = await readValue(label, source, asked)
  }
  return designations
}

async function readValue<Native>(
  label: string,
  source: DesignationSource<Native>,
  asked: Asked<Native>,
): Promise<string> {
  try {
    return await readSource(source, asked)
  } catch (cause) {
    throw cause instanceof SourceProblem ? new CapabilityError(cause.code, { label, cause }) : cause
  }
}

async function readSource<Native>(source: DesignationSource<Native>, asked: Asked<Native>): Promise<string> {
  const { view } = asked
  if (typeof source === 'function')
    return (await findOnce(source, asked)) || empty('the function of designate found nothing')
  if (typeof source === 'string') return paramValue(view.params, source)
  if ('query' in source) return onlyQueryValue(view.query, source.query) || empty(`the query has no ${source.query}`)
  if ('header' in source)
    return onlyHeaderValue(asked, source.header) || empty(`the request has no header ${source.header}`)
  return bodyValue(await view.body, source.body, view)
}

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

function findOnce<Native>(source: DesignationFunction<Native>, asked: Asked<Native>): Promise<string | undefined> {
  const value = asked.found.get(source) ?? callSource(source, asked)
  asked.found.set(source, value)
  return value
}

async function callSource<Native>(
  source: DesignationFunction<Native>,
  { view, header, native }: Asked<Native>,
): Promise<string | undefined> {
  let value: unknown
  try {
    value = await source(withOnlyValues(view, header), native)
  } catch (cause) {
    if (cause instanceof SourceProblem) throw cause
    // Even if it throws a CapabilityError: a look-up does not judge the token.
    throw new CapabilityError('unavailable', { cause })
  }
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  // A number or an object has several spellings: coerced, it might match what other code reads differently.
  throw new CapabilityError('unavailable', { cause: new TypeError('designate: a function must return a string') })
}
