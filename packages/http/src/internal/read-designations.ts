import { CapabilityError } from '@writ/core/verify'
import type { RequestView } from '../request-view.ts'
import type { DesignationSource, FrozenRequirement } from '../requirement.ts'
import { isRecord } from './options.ts'

/**
 * The designations that a request names, as decoded strings. Errors: `missing_designation` for a value that is absent or empty,
 * `unavailable` when a function of the user fails.
 */
export async function readDesignations<Native>(
  requirement: FrozenRequirement<Native>,
  view: RequestView,
  native: Native,
): Promise<Readonly<Record<string, string>>> {
  const designations: Record<string, string> = Object.create(null)
  for (const [label, source] of Object.entries(requirement.designate)) {
    const value = await readSource(source, view, native)
    if (value === undefined || value === '') throw new CapabilityError('missing_designation', { label })
    designations[label] = value
  }
  return designations
}

async function readSource<Native>(
  source: DesignationSource<Native>,
  view: RequestView,
  native: Native,
): Promise<string | undefined> {
  if (typeof source === 'function') return callSource(source, view, native)
  // A param may be called `constructor`, and must not then be what every object has under that name.
  if (typeof source === 'string') return ownString(view.params, source)
  return ownString(await view.body, source.body)
}

function ownString(object: unknown, name: string): string | undefined {
  if (!isRecord(object) || !Object.hasOwn(object, name)) return undefined
  const value = object[name]
  return typeof value === 'string' ? value : undefined
}

async function callSource<Native>(
  source: Extract<DesignationSource<Native>, (...args: never[]) => unknown>,
  view: RequestView,
  native: Native,
): Promise<string | undefined> {
  let value: unknown
  try {
    value = await source(view, native)
  } catch (cause) {
    // Also when it throws a CapabilityError: what the token is worth is not for a look-up to say.
    throw new CapabilityError('unavailable', { cause })
  }
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  // A number or an object has no one spelling; coerced, it might match what another part of the service reads otherwise.
  throw new CapabilityError('unavailable', { cause: new TypeError('designate: a function must return a string') })
}
