import type { KeySet } from '../keys/key-set.ts'
import { signStatement } from '../keys/sign-statement.ts'
import type { StoreTransaction } from '../store/store.ts'
import { type Checkpoint, checkpointMembers } from './checkpoint.ts'

/**
 * Signs where the audit ends now, and keeps that.
 *
 * @param now - Unix seconds.
 * @returns `undefined` if nothing was recorded since the last checkpoint, or if another process has just written this one.
 */
export async function writeCheckpoint(
  { query }: StoreTransaction,
  keys: KeySet,
  now: number,
): Promise<Checkpoint | undefined> {
  const { audit_sequence: sequence, audit_hash: hash } = await query
    .selectFrom('head')
    .select(['audit_sequence', 'audit_hash'])
    .executeTakeFirstOrThrow()
  const known = await query
    .selectFrom('checkpoints')
    .select('sequence')
    .where('sequence', '>=', sequence)
    .executeTakeFirst()
  if (sequence === 0 || known !== undefined) return undefined

  const unsigned = { sequence, timeMs: Math.floor(now * 1000), hash, keyId: keys.audit.id }
  const signature = await signStatement(keys.audit.signer, 'checkpoint', checkpointMembers(unsigned))
  const { numInsertedOrUpdatedRows } = await query
    .insertInto('checkpoints')
    .values({ sequence, time_ms: unsigned.timeMs, hash, key_id: unsigned.keyId, signature })
    .onConflict((conflict) => conflict.column('sequence').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 0n ? undefined : { ...unsigned, signature }
}
