import { appendRecords } from '../audit/append-records.ts'
import type { StoreTransaction } from '../store/store.ts'
import { addKey } from './internal/add-key.ts'
import { keyRecord } from './internal/key-record.ts'
import type { KeyProvider } from './key-provider.ts'

/**
 * Makes the keys of a new authority: an active root key, and by its certificate the next root key, a feed key and an audit
 * key. Does nothing if there are keys already.
 *
 * @param now - Unix seconds.
 */
export async function createFirstKeys(
  transaction: StoreTransaction,
  provider: KeyProvider,
  now: number,
): Promise<void> {
  const { rules_epoch: epoch } = await transaction.lockHead()
  const known = await transaction.query.selectFrom('keys').select('id').limit(1).executeTakeFirst()
  if (known !== undefined) return

  const root = await addKey(transaction, provider, { purpose: 'root', state: 'active', certifier: undefined }, now)
  const next = await addKey(transaction, provider, { purpose: 'root', state: 'next', certifier: root }, now)
  const feed = await addKey(transaction, provider, { purpose: 'feed', state: 'active', certifier: root }, now)
  const audit = await addKey(transaction, provider, { purpose: 'audit', state: 'active', certifier: root }, now)
  await transaction.updateHead({ rules_epoch: epoch + 1 })
  const records = [
    keyRecord('key.created', root, 'root'),
    keyRecord('key.activated', root, 'root'),
    keyRecord('key.created', next, 'root'),
    keyRecord('key.created', feed, 'feed'),
    keyRecord('key.activated', feed, 'feed'),
    keyRecord('key.created', audit, 'audit'),
    keyRecord('key.activated', audit, 'audit'),
  ]
  await appendRecords(transaction, records, now)
}
