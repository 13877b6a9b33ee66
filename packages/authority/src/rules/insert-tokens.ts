import type { StoreTransaction } from '../store/store.ts'
import type { TokenTable } from '../store/tables.ts'
import type { Rules } from './rules.ts'

/** What was minted, as the lineage has it. */
export interface Minted {
  /** The revocation id of the authority block. */
  readonly id: string
  readonly kind: TokenTable['kind']
  readonly subject: string
  /** The id of what was presented. Default: nothing was. */
  readonly parent?: string | undefined
  readonly expiresAt: number
  /** Where a chain of refreshed identities began. Default: here. */
  readonly sessionStartedAt?: number | undefined
  /** The root key. Default: the one that mints. */
  readonly keyId?: number | undefined
  readonly target?: string | undefined
  readonly operation?: string | undefined
}

/** Writes the lineage of what an act has minted. One that is known already, such as a context that grew, stays as it is. */
export async function insertTokens(
  { query }: StoreTransaction,
  rules: Rules,
  minted: readonly Minted[],
  time: number,
): Promise<void> {
  if (minted.length === 0) return
  const now = Math.floor(time)
  const rows = minted.map((one) => ({
    id: one.id,
    kind: one.kind,
    subject: one.subject,
    parent: one.parent ?? null,
    session_started_at: one.sessionStartedAt ?? now,
    minted_at: now,
    expires_at: one.expiresAt,
    key_id: one.keyId ?? rules.keys.root.id,
    target: one.target ?? null,
    operation: one.operation ?? null,
    revoked_at: null,
  }))
  await query
    .insertInto('tokens')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}
