import type { AuditRecord } from '../audit/audit-record.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { assertNotRevoked } from '../revoke/assert-not-revoked.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import type { StoreTransaction } from '../store/store.ts'
import { type MintedIdentity, prepareIdentity, recordIdentity } from './internal/mint.ts'

/** For whom to mint, on whose word. */
export interface IdentityFor {
  /** Proven by the caller of this function, or named by whoever may name every subject. */
  readonly subject: string
  /** The revocation ids of what was presented, that of the authority block first. Default: it was no token of this authority. */
  readonly presentedIds?: readonly string[] | undefined
  /** Seconds. Default: as long as the policy allows, which is also the longest; a day at most. */
  readonly expiresIn?: number | undefined
  /** Default: what the policy says. */
  readonly delegatable?: boolean | undefined
  /** Who asked: a proven name. Default: the subject itself. */
  readonly actor?: string | undefined
  /**
   * Runs in the transaction that mints, after its checks: what must happen with it or not at all. Default: nothing.
   *
   * @returns Records that come before that of the identity.
   */
  readonly alongside?: ((transaction: StoreTransaction, time: number) => Promise<readonly AuditRecord[]>) | undefined
}

/**
 * Mints an identity for a subject that was proven by other means: a capability for that, or an assertion of another issuer.
 *
 * @throws `EngineError` `unknown_subject`, `not_delegatable`; `AuthorityError` `refused_credential` if what was presented or
 *   the subject is revoked; what `alongside` throws; `StoreError`. Then nothing was minted.
 */
export function mintIdentityFor(parts: AuthorityParts, request: IdentityFor): Promise<MintedIdentity> {
  const { subject, presentedIds: presented = [], expiresIn, delegatable, actor = subject, alongside } = request
  return recordingRefusals(parts, 'identity.minted', async (proven) => {
    proven({ actor, subject, revocationId: presented[0] })
    return parts.rules.act(
      (rules) => prepareIdentity(rules, { subject, expiresIn, delegatable }),
      async (transaction, prepared, rules) => {
        const time = parts.now()
        await assertNotRevoked(transaction, { ids: presented, name: subject })
        const before = (await alongside?.(transaction, time)) ?? []
        const record = { kind: 'identity.minted', actor } as const
        return recordIdentity(transaction, rules, prepared, { parent: presented[0] }, record, time, before)
      },
    )
  })
}
