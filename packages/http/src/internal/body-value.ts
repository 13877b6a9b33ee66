import { isRecord } from './options.ts'

/** The text of a member of a parsed body. `path` is its name; a dot leads to a member of an object in the body. */
export function bodyValue(body: unknown, path: string): string | undefined {
  let value = body
  for (const name of path.split('.')) {
    // A member may be called `constructor`, which every object inherits.
    if (!isRecord(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return textOf(value)
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
