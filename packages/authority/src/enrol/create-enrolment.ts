import { appendRecords } from '../audit/append-records.ts'
import { AuthorityError } from '../authority-error.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { isRevoked } from '../revoke/is-revoked.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import type { StoreTransaction } from '../store/store.ts'
import { createSecret, hashSecret } from './internal/enrolment-secret.ts'
import { prepareIdentity } from './internal/mint.ts'

/** For whom, and for how long. */
export interface EnrolmentRequest {
  readonly subject: string
  /** Seconds. Default 3600, at most 7 days. */
  readonly expiresIn?: number | undefined
  /** Who made it: a proven subject. Default: the authority itself. */
  readonly actor?: string | undefined
}

/** A secret that is good for one identity, once. It is nowhere else. */
export interface Enrolment {
  readonly secret: string
  /** Unix seconds. */
  readonly expiresAt: number
}

const DEFAULT_LIFETIME_SECONDS = 3600
const MAX_LIFETIME_SECONDS = 7 * 86_400
/** So long is kept what has expired, in seconds, and so many of those are removed at once. */
const KEPT_SECONDS = 30 * 86_400
const MOST_REMOVED = 100

/**
 * Makes a secret by which a subject gets its first identity. Only its hash is stored.
 *
 * @throws `EngineError` `unknown_subject` for a subject that the policy does not know; `AuthorityError` `refused` with the reason
 *   `revoked_subject` while its name is revoked; `StoreError`.
 */
export function createEnrolment(parts: AuthorityParts, request: EnrolmentRequest): Promise<Enrolment> {
  const { subject, expiresIn = DEFAULT_LIFETIME_SECONDS, actor } = request
  return recordingRefusals(parts, 'enrolment.created', async (proven) => {
    proven({ actor, subject })
    if (!Number.isSafeInteger(expiresIn) || expiresIn <= 0) throw new TypeError('expiresIn: must be whole seconds')
    const secret = createSecret()
    return parts.rules.act(
      // A secret that nobody could use is refused now.
      (rules) => prepareIdentity(rules, { subject }),
      async (transaction) => {
        if (await isRevoked(transaction.query, { ids: [], name: subject }))
          throw new AuthorityError('refused', { step: 'enrolment', reason: 'revoked_subject' })
        const time = parts.now()
        const created_at = Math.floor(time)
        const expiresAt = created_at + Math.min(expiresIn, MAX_LIFETIME_SECONDS)
        await removeExpired(transaction, created_at - KEPT_SECONDS)
        await transaction.query
          .insertInto('enrolments')
          .values({ secret_hash: hashSecret(secret), subject, created_at, expires_at: expiresAt, used_at: null })
          .execute()
        const detail = { expiresAt }
        await appendRecords(
          transaction,
          [{ kind: 'enrolment.created', decision: 'allowed', actor, subject, detail }],
          time,
        )
        return { secret, expiresAt }
      },
    )
  })
}

async function removeExpired({ query }: StoreTransaction, before: number): Promise<void> {
  const some = query.selectFrom('enrolments').select('secret_hash').where('expires_at', '<', before).limit(MOST_REMOVED)
  await query.deleteFrom('enrolments').where('secret_hash', 'in', some).execute()
}
