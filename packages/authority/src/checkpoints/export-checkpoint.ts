import type { Kysely } from 'kysely'
import type { Tables } from '../store/tables.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint.ts'

/**
 * The newest checkpoint as one line of JSON, to be kept where nobody who can write the database can write.
 *
 * @returns Without a line break; `undefined` if there is none yet.
 *
 * @example
 * ```ts
 * import { exportCheckpoint, openStore } from '@writ/authority'
 *
 * const store = await openStore('./writ-data')
 * console.log(await store.read(exportCheckpoint))
 * ```
 */
export async function exportCheckpoint(query: Kysely<Tables>): Promise<string | undefined> {
  const row = await query.selectFrom('checkpoints').selectAll().orderBy('sequence', 'desc').limit(1).executeTakeFirst()
  return row && formatCheckpoint(readCheckpoint(row))
}

/** A checkpoint as one line of JSON. */
export function formatCheckpoint({ sequence, timeMs, hash, keyId, signature }: Checkpoint): string {
  return JSON.stringify({ sequence, timeMs, hash, keyId, signature })
}
