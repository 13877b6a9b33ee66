import { appendRecords } from '../audit/append-records.ts'
import type { StoreTransaction } from '../store/store.ts'
import type { KeyTable } from '../store/tables.ts'
import { certify } from './certify.ts'
import { addKey } from './internal/add-key.ts'
import { keyRecord } from './internal/key-record.ts'
import { openKey } from './internal/open-key.ts'
import { KeyError } from './key-error.ts'
import type { KeyProvider, KeyPurpose } from './key-provider.ts'
import type { SigningKey } from './key-set.ts'
import { LONGEST_LIFE_SECONDS } from './longest-life.ts'

/** What a rotation has changed. */
export interface Rotation {
  readonly purpose: KeyPurpose
  /** The id of the key that signs now. */
  readonly active: number
  readonly retired: number
  /** The id of the root key that will sign after it. */
  readonly next?: number
}

/**
 * Lets another key sign from now on, exactly once a call.
 *
 * Of root keys, the next one becomes active: verifiers have known it since the rotation before. It certifies a new next
 * one, and the feed key and the audit key once more, so that who trusts it alone can verify them. What the retired key has
 * signed is valid until it expires; the key stays published for a day. A feed key or an audit key is replaced by a new one.
 *
 * @param now - Unix seconds.
 * @param actor - Who asked for it. Default: the authority itself.
 * @throws `KeyError` if a key cannot be opened.
 */
export async function rotateKey(
  transaction: StoreTransaction,
  provider: KeyProvider,
  { purpose }: { readonly purpose: KeyPurpose },
  now: number,
  actor?: string,
): Promise<Rotation> {
  const { rules_epoch: epoch } = await transaction.lockHead()
  const rows = await transaction.query.selectFrom('keys').selectAll().where('state', '<>', 'retired').execute()
  const old = await opened(provider, find(rows, purpose, 'active'))
  await transaction.query
    .updateTable('keys')
    .set({ state: 'retired', retired_at: now })
    .where('id', '=', old.id)
    .execute()
  const records = [keyRecord('key.retired', old, purpose, actor)]

  let active: SigningKey
  let next: SigningKey | undefined
  if (purpose === 'root') {
    active = await opened(provider, find(rows, 'root', 'next'))
    await transaction.query
      .updateTable('keys')
      .set({ state: 'active', activated_at: now })
      .where('id', '=', active.id)
      .execute()
    for (const other of ['feed', 'audit'] as const) await certifyAgain(transaction, find(rows, other, 'active'), active)
    next = await addKey(transaction, provider, { purpose, state: 'next', certifier: active }, now)
    records.push(keyRecord('key.activated', active, purpose, actor), keyRecord('key.created', next, purpose, actor))
  } else {
    const root = await opened(provider, find(rows, 'root', 'active'))
    active = await addKey(transaction, provider, { purpose, state: 'active', certifier: root }, now)
    records.push(keyRecord('key.created', active, purpose, actor), keyRecord('key.activated', active, purpose, actor))
  }
  await forgetPrivateParts(transaction, now)
  await transaction.updateHead({ rules_epoch: epoch + 1 })
  await appendRecords(transaction, records, now)
  return { purpose, active: active.id, retired: old.id, ...(next === undefined ? {} : { next: next.id }) }
}

function find(rows: readonly KeyTable[], purpose: KeyPurpose, state: KeyTable['state']): KeyTable {
  const row = rows.find((key) => key.purpose === purpose && key.state === state)
  if (row === undefined) throw new KeyError(`there is no key for ${purpose} that is ${state}`)
  return row
}

async function opened(provider: KeyProvider, row: KeyTable): Promise<SigningKey> {
  return { id: row.id, publicKey: row.public_key, signer: await openKey(provider, row) }
}

async function certifyAgain({ query }: StoreTransaction, row: KeyTable, certifier: SigningKey): Promise<void> {
  const certificate = await certify(certifier, { id: row.id, purpose: row.purpose, publicKey: row.public_key })
  await query.updateTable('keys').set({ certified_by: certifier.id, certificate }).where('id', '=', row.id).execute()
}

/** Keys that will never sign again: no master key that leaks later opens them. */
async function forgetPrivateParts({ query }: StoreTransaction, now: number): Promise<void> {
  await query
    .updateTable('keys')
    .set({ sealed: '' })
    .where('state', '=', 'retired')
    .where((key) => key.or([key('purpose', '<>', 'root'), key('retired_at', '<=', now - LONGEST_LIFE_SECONDS)]))
    .execute()
}
