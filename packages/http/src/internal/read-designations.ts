import { CapabilityError } from '@writ/core/verify'
import type { DesignationFunction, DesignationSource } from '../designation-source.ts'
import type { RequestView } from '../request-view.ts'
import type { FrozenRequirement } from '../requirement.ts'
import { bodyValue } from './body-value.ts'
import { AmbiguousValue, onlyHeaderValue, onlyQueryValue, withOnlyValues } from './only-value.ts'

/** A request about which a decision is made. */
export interface Asked<Native> {
  readonly view: RequestView
  /** The headers that the guard goes by. Throws an `AmbiguousValue` where a handler reads others. */
  readonly header: RequestView['header']
  readonly native: Native
  /** What functions of the user have returned: each is called once. */
  readonly found: Map<DesignationFunction<Native>, Promise<string | undefined>>
}

/**
 * Reads the designations that a request supplies, as decoded strings. Throws `missing_designation` for a value that is absent,
 * empty or ambiguous, and `unavailable` if a function of the user fails.
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
    const value = await readSource(source, asked)
    if (value) return value
  } catch (cause) {
    if (!(cause instanceof AmbiguousValue)) throw cause
    throw new CapabilityError('missing_designation', { label, cause })
  }
  throw new CapabilityError('missing_designation', { label })
}

async function readSource<Native>(
  source: DesignationSource<Native>,
  asked: Asked<Native>,
): Promise<string | null | undefined> {
  const { view } = asked
  if (typeof source === 'function') return findOnce(source, asked)
  if (typeof source === 'string') return paramValue(view.params, source)
  if ('query' in source) return onlyQueryValue(view.query, source.query)
  if ('header' in source) return onlyHeaderValue(asked, source.header)
  return bodyValue(await view.body, source.body)
}

/** Takes only text: any other type has no agreed spelling. */
function paramValue(params: RequestView['params'], name: string): string | undefined {
  const value: unknown = Object.hasOwn(params, name) ? params[name] : undefined
  return typeof value === 'string' ? value : undefined
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
    if (cause instanceof AmbiguousValue) throw cause
    // Even if it throws a CapabilityError: a look-up does not judge the token.
    throw new CapabilityError('unavailable', { cause })
  }
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  // A number or an object has several spellings: coerced, it might match what other code reads differently.
  throw new CapabilityError('unavailable', { cause: new TypeError('designate: a function must return a string') })
}
