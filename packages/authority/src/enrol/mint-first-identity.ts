import { EngineError } from '@writ/engine'
import type { AuditRecord } from '../audit/audit-record.ts'
import { AuthorityError } from '../authority-error.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { assertNotRevoked } from '../revoke/assert-not-revoked.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import { hashSecret } from './internal/enrolment-secret.ts'
import { type MintedIdentity, prepareIdentity, recordIdentity } from './internal/mint.ts'

/** What a stranger presents. */
export interface FirstIdentityRequest {
  /** The secret of an enrolment. */
  readonly secret: string
}

/**
 * Mints the identity of an enrolment, and spends its secret.
 *
 * A secret that is unknown, used, expired, or of a subject that is revoked or no longer known is refused in one way: nobody
 * learns which secrets or subjects there are. All of those that cannot be used cost one hash and one lookup.
 *
 * @throws `AuthorityError` `refused_credential`; `StoreError`.
 */
export function mintFirstIdentity(parts: AuthorityParts, { secret }: FirstIdentityRequest): Promise<MintedIdentity> {
  return recordingRefusals(parts, 'enrolment.used', async () => {
    const secret_hash = hashSecret(secret)
    return parts.rules.act(
      async (rules) => {
        const enrolment = await parts.store.read((query) =>
          query
            .selectFrom('enrolments')
            .select('subject')
            .where('secret_hash', '=', secret_hash)
            .where('used_at', 'is', null)
            .where('expires_at', '>', Math.floor(parts.now()))
            .executeTakeFirst(),
        )
        if (enrolment === undefined) throw new AuthorityError('refused_credential')
        return uniformly(() => prepareIdentity(rules, { subject: enrolment.subject }))
      },
      async (transaction, prepared, rules) => {
        const { subject } = prepared
        const time = parts.now()
        const { numUpdatedRows } = await transaction.query
          .updateTable('enrolments')
          .set({ used_at: Math.floor(time) })
          .where('secret_hash', '=', secret_hash)
          .where('used_at', 'is', null)
          .where('expires_at', '>', Math.floor(time))
          .executeTakeFirst()
        if (numUpdatedRows !== 1n) throw new AuthorityError('refused_credential')
        await assertNotRevoked(transaction, { ids: [], name: subject })
        const used: AuditRecord = { kind: 'enrolment.used', decision: 'allowed', actor: subject, subject }
        const record = { kind: 'identity.minted', actor: subject } as const
        return recordIdentity(transaction, rules, prepared, {}, record, time, [used])
      },
    )
  })
}

async function uniformly<Result>(mint: () => Promise<Result>): Promise<Result> {
  try {
    return await mint()
  } catch (cause) {
    if (cause instanceof EngineError && cause.code !== 'unavailable') {
      throw new AuthorityError('refused_credential', {}, { cause })
    }
    throw cause
  }
}
