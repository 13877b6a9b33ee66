import { Problem } from './problem.ts'

/** The least and the greatest whole number that a field may hold. */
export type Range = readonly [least: number, greatest: number]

/** How many of a thing may be ordered, reserved or invoiced at once. */
export const QUANTITY: Range = [1, 1000]

/**
 * Reads a JSON object that may hold these fields and no others; what they hold is not looked at. Throws a 400 {@link
 * Problem}.
 */
export function parseFields<Name extends string>(
  body: unknown,
  names: readonly Name[],
): Partial<Record<Name, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(400, 'the body must be a JSON object')
  }
  const unknown = Object.keys(body).some((key) => !(names as readonly string[]).includes(key))
  if (unknown) throw new Problem(400, `the body may hold only ${names.join(', ')}`)
  return body
}

/** Reads a JSON object of whole numbers: each of these fields, and no others. Throws a 400 {@link Problem}. */
export function parseNumbers<Name extends string>(
  body: unknown,
  ranges: Readonly<Record<Name, Range>>,
): Readonly<Record<Name, number>> {
  const fields = Object.entries(ranges) as [Name, Range][]
  const values = parseFields(
    body,
    fields.map(([name]) => name),
  )
  for (const [name, [least, greatest]] of fields) {
    const value = values[name]
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > greatest) {
      throw new Problem(400, `${name} must be a whole number from ${least} to ${greatest}`)
    }
  }
  return values as Readonly<Record<Name, number>>
}
