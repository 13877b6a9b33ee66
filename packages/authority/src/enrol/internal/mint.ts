import { appendRecords } from '../../audit/append-records.ts'
import type { AuditRecord } from '../../audit/audit-record.ts'
import { LONGEST_LIFE_SECONDS } from '../../keys/longest-life.ts'
import { insertTokens, type Minted } from '../../rules/insert-tokens.ts'
import type { Rules } from '../../rules/rules.ts'
import type { StoreTransaction } from '../../store/store.ts'

/** An identity, as it is answered. */
export interface MintedIdentity {
  /** The token, URL-safe base64. */
  readonly identity: string
  readonly subject: string
  /** Unix seconds. */
  readonly expiresAt: number
}

/** An identity that is minted, and not recorded yet. */
export interface PreparedIdentity extends MintedIdentity {
  /** The revocation id of its authority block. */
  readonly id: string
}

/** Mints an identity, as long and as delegatable as the policy allows. */
export async function prepareIdentity(
  rules: Rules,
  request: {
    readonly subject: string
    readonly expiresIn?: number | undefined
    readonly delegatable?: boolean | undefined
  },
): Promise<PreparedIdentity> {
  const { subject, delegatable, expiresIn = LONGEST_LIFE_SECONDS } = request
  const lifetime = Math.min(expiresIn, LONGEST_LIFE_SECONDS)
  const identity = await rules.engine.mintIdentity({ subject, delegatable, expiresIn: lifetime })
  const { expiresAt, revocationIds } = await rules.identities.verify(identity)
  return { identity, subject, expiresAt, id: revocationIds[0] as string }
}

/**
 * Records an identity, in the transaction of the act.
 *
 * @param record - What the audit says of it; `before` are records of the same act that come first.
 */
export async function recordIdentity(
  transaction: StoreTransaction,
  rules: Rules,
  prepared: PreparedIdentity,
  lineage: Pick<Minted, 'parent' | 'sessionStartedAt'>,
  record: Pick<AuditRecord, 'kind' | 'actor'>,
  time: number,
  before: readonly AuditRecord[] = [],
): Promise<MintedIdentity> {
  const { id, identity, subject, expiresAt } = prepared
  await insertTokens(transaction, rules, [{ id, kind: 'identity', subject, expiresAt, ...lineage }], time)
  const detail = { expiresAt, parent: lineage.parent, policyVersion: rules.version }
  const minted: AuditRecord = { ...record, decision: 'allowed', subject, revocationId: id, detail }
  await appendRecords(transaction, [...before, minted], time)
  return { identity, subject, expiresAt }
}
