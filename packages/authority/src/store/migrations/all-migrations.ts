import type { Migration } from 'kysely/migration'
import { first } from './0001-first.ts'

/** Every migration by name, in the order of the names. One that was released never changes. */
export const ALL_MIGRATIONS: Readonly<Record<string, Migration>> = { '0001-first': first }
