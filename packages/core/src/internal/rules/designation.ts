import { isString, type Predicate } from '../token/datalog.ts'

export interface Designation {
  readonly label: string
  readonly value: string
}

/** The pair that a predicate names, if it is `designation(label, value)` with two strings. */
export function groundDesignation({ name, terms }: Predicate): Designation | undefined {
  if (terms.length !== 2 || name !== 'designation') return undefined
  const [label, value] = terms
  if (!isString(label) || !isString(value)) return undefined
  return { label: label.value, value: value.value }
}
