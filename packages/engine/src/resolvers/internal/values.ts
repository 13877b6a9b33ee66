import { ResolverError } from '../resolver.ts'

/**
 * Reads one value along a path of own members.
 *
 * @throws `ResolverError` if it is missing, or neither a text, a whole number nor a boolean.
 */
export function readText(root: unknown, path: readonly string[], label: string): string {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) {
      throw new ResolverError(`${JSON.stringify(path.join('.'))} is missing`, label)
    }
    value = (value as Record<string, unknown>)[key]
  }
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value)
  throw new ResolverError(`${JSON.stringify(path.join('.'))} must be a text, a whole number or a boolean`, label)
}

/** Checks a map from label to name when a resolver is built. */
export function readMapping(name: string, mapping: unknown): readonly (readonly [string, string])[] {
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) {
    throw new TypeError(`${name}: must be an object from label to name`)
  }
  return Object.entries(mapping).map(([label, key]) => {
    if (typeof key !== 'string' || key === '')
      throw new TypeError(`${name}.${label}: must be a string that is not empty`)
    return [label, key] as const
  })
}

/** Designations that no label of a stranger can give a prototype. */
export function designationsOf(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.assign(Object.create(null), Object.fromEntries(pairs))
}
