import type { StoreTransaction } from '../../store/store.ts'
import { certify } from '../certify.ts'
import type { KeyProvider, KeyPurpose } from '../key-provider.ts'
import type { SigningKey } from '../key-set.ts'

/** What a new key shall be. */
export interface NewKey {
  readonly purpose: KeyPurpose
  readonly state: 'next' | 'active'
  /** Who vouches for it. Undefined for the very first. */
  readonly certifier: SigningKey | undefined
}

/** Makes a key and keeps it. The head must be locked, so that no two have one id. */
export async function addKey(
  { query }: StoreTransaction,
  provider: KeyProvider,
  { purpose, state, certifier }: NewKey,
  now: number,
): Promise<SigningKey> {
  const provided = await provider.create(purpose)
  const { publicKey, sealed } = provided
  const { last } = await query
    .selectFrom('keys')
    .select(({ fn }) => fn.max('id').as('last'))
    .executeTakeFirstOrThrow()
  const id = Number(last ?? 0) + 1
  const certificate = certifier === undefined ? null : await certify(certifier, { id, purpose, publicKey })
  await query
    .insertInto('keys')
    .values({
      id,
      purpose,
      state,
      public_key: publicKey,
      sealed,
      provider: provider.name,
      created_at: now,
      activated_at: state === 'active' ? now : null,
      retired_at: null,
      certified_by: certifier?.id ?? null,
      certificate,
    })
    .execute()
  return { id, publicKey, signer: await provider.open({ ...provided, purpose }) }
}
