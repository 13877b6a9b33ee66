import { isRecord } from './options.ts'

/** The text of a member of a parsed body; `path` is its name, with dots for one of an object in it. */
export function bodyValue(body: unknown, path: string): string | undefined {
  let value = body
  for (const name of path.split('.')) {
    // A member may be called `constructor`, and must not then be what every object has under that name.
    if (!isRecord(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return textOf(value)
}

/**
 * The one text of a value. A number has been parsed already: `1e2` and `1.0` cannot be told from `100` and `1`, and need not be, since
 * the handler reads the same number. What prints in more than one way, or has lost digits, has no text.
 */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined
}
