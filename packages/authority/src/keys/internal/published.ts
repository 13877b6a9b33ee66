import type { KeyTable } from '../../store/tables.ts'
import { LONGEST_LIFE_SECONDS } from '../longest-life.ts'

/** Tells whether verifiers are told of a key: it signs, it will sign, or what it has signed may not have expired yet. */
export function isPublished(row: KeyTable, now: number): boolean {
  if (row.state !== 'retired') return true
  return row.purpose === 'root' && row.retired_at !== null && now < row.retired_at + LONGEST_LIFE_SECONDS
}
