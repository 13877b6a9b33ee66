import type { KeyTable } from '../../store/tables.ts'

/** No token lives longer. */
export const LONGEST_LIFE: number = 24 * 60 * 60

/** Tells whether verifiers are told of a key: it signs, it will sign, or what it has signed may not have expired yet. */
export function isPublished(row: KeyTable, now: number): boolean {
  if (row.state !== 'retired') return true
  return row.purpose === 'root' && row.retired_at !== null && now < row.retired_at + LONGEST_LIFE
}
