import { CapabilityError } from '@writ/core/verify'

/** The name of an argument. */
export type ArgumentSource = string

/** @throws `TypeError` that starts with `capability.designate`. */
export function readDesignate(designate: unknown): ReadonlyMap<string, ArgumentSource> {
  if (designate === undefined) return new Map()
  if (typeof designate !== 'object' || designate === null)
    throw new TypeError('capability.designate: must be names of arguments')
  const pairs: readonly (readonly [unknown, unknown])[] = Array.isArray(designate)
    ? designate.map((name) => [name, name])
    : Object.entries(designate)
  for (const [label, name] of pairs)
    if (typeof label !== 'string' || label === '' || typeof name !== 'string' || name === '')
      throw new TypeError('capability.designate: must be names of arguments, texts that are not empty')
  if (new Set(pairs.map(([label]) => label)).size < pairs.length)
    throw new TypeError('capability.designate: names one twice')
  return new Map(pairs as readonly (readonly [string, string])[])
}

/**
 * The objects that the arguments of a call name. Texts, whole numbers and truth values name something; whatever else an argument
 * may be would be decided by its printed form.
 *
 * @throws `CapabilityError` `source_empty` with the label, for an argument that names nothing.
 */
export function designationsOf(
  designate: ReadonlyMap<string, ArgumentSource>,
  args: unknown,
): Readonly<Record<string, string>> {
  const designations: Record<string, string> = Object.create(null)
  for (const [label, name] of designate) {
    const isThere = typeof args === 'object' && args !== null && Object.hasOwn(args, name)
    const value: unknown = isThere ? (args as Record<string, unknown>)[name] : undefined
    if (typeof value === 'string' && value !== '') designations[label] = value
    else if (typeof value === 'boolean' || Number.isSafeInteger(value)) designations[label] = String(value)
    else throw new CapabilityError('source_empty', { label })
  }
  return designations
}
