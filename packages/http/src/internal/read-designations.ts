import { CapabilityError } from '@writ/core/verify'
import type { DesignationFunction, DesignationSource } from '../designation-source.ts'
import type { RequestView } from '../request-view.ts'
import type { FrozenRequirement } from '../requirement.ts'
import { bodyValue } from './body-value.ts'
import { AmbiguousValue, onlyHeaderValue, onlyQueryValue, withOnlyValues } from './only-value.ts'

/** A request that is decided about. */
export interface Asked<Native> {
  readonly view: RequestView
  readonly native: Native
  /** What functions of the user have found: each is called once. */
  readonly found: Map<DesignationFunction<Native>, Promise<string | undefined>>
}

/**
 * The designations that a request names, as decoded strings. Errors: `missing_designation` for a value that is absent, empty or named
 * more than once, `unavailable` when a function of the user fails.
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
  if ('header' in source) return onlyHeaderValue(view, source.header)
  return bodyValue(await view.body, source.body)
}

/** Only text: an adapter that passed something else on has not said how it is spelt. */
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
  { view, native }: Asked<Native>,
): Promise<string | undefined> {
  let value: unknown
  try {
    value = await source(withOnlyValues(view), native)
  } catch (cause) {
    if (cause instanceof AmbiguousValue) throw cause
    // Also when it throws a CapabilityError: what the token is worth is not for a look-up to say.
    throw new CapabilityError('unavailable', { cause })
  }
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  // A number or an object has no one spelling; coerced, it might match what another part of the service reads otherwise.
  throw new CapabilityError('unavailable', { cause: new TypeError('designate: a function must return a string') })
}
