import { AuthorityError } from '../authority-error.ts'
import type { StoreTransaction } from '../store/store.ts'
import { isRevoked, type Presented } from './is-revoked.ts'

/**
 * Refuses what is revoked now. Called by every mint when it commits, after the head was locked: a revocation that is
 * acknowledged then precedes the mint, or follows and finds it.
 *
 * @throws `AuthorityError` `refused_credential`
 */
export async function assertNotRevoked({ query }: StoreTransaction, presented: Presented): Promise<void> {
  if (await isRevoked(query, presented)) throw new AuthorityError('refused_credential')
}
