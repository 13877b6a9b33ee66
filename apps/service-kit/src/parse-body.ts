import {
  type GenericSchema,
  getDotPath,
  type InferOutput,
  integer,
  maxValue,
  minValue,
  number,
  type ObjectEntries,
  pipe,
  type StrictObjectSchema,
  safeParse,
  strictObject,
} from 'valibot'
import { Problem } from './problem.ts'

/** The schema of a JSON object with these fields and no others. The message of a field says what it must be. */
export function body<const Entries extends ObjectEntries>(entries: Entries): StrictObjectSchema<Entries, string> {
  return strictObject(entries, `the body must be a JSON object of ${Object.keys(entries).join(', ')} and nothing else`)
}

/** The schema of a whole number. */
export function wholeNumber(least: number, greatest: number): GenericSchema<number> {
  const message = `must be a whole number from ${least} to ${greatest}`
  return pipe(number(message), integer(message), minValue(least, message), maxValue(greatest, message))
}

/** How many of a thing may be ordered, reserved or invoiced at once. */
export const QUANTITY: GenericSchema<number> = wholeNumber(1, 1000)

/** Reads a body by its schema. Throws a 400 {@link Problem} that says what it must be, and nothing of what it is. */
export function parseBody<const Schema extends GenericSchema>(schema: Schema, value: unknown): InferOutput<Schema> {
  const { success, output, issues } = safeParse(schema, value, { abortEarly: true })
  if (success) return output
  const [issue] = issues
  const isField = issue.type !== 'strict_object'
  throw new Problem(400, isField ? `${getDotPath(issue)} ${issue.message}` : issue.message)
}
