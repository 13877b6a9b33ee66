import { AuthorityError } from '../../authority-error.ts'
import type { StoreTransaction } from '../../store/store.ts'
import type { VerifiedAssertion } from '../verify-assertion.ts'

/** In seconds. A clock that is set back must not bring an assertion to life again. */
const KEPT_LONGER = 86_400

/**
 * Notes that an assertion was exchanged, in the transaction of the exchange.
 *
 * @param time - Unix seconds.
 * @throws `AuthorityError` `refused_credential` if it was exchanged before.
 */
export async function spendAssertion(
  { query }: StoreTransaction,
  { id, expiresAt }: VerifiedAssertion,
  time: number,
): Promise<void> {
  await query
    .deleteFrom('assertions')
    .where('expires_at', '<', Math.floor(time) - KEPT_LONGER)
    .execute()
  const inserted = await query
    .insertInto('assertions')
    .values({ id, expires_at: expiresAt })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows !== 1n) {
    throw new AuthorityError('refused_credential', {}, { cause: new Error('the assertion was exchanged before') })
  }
}
