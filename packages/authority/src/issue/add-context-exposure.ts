import { appendRecords } from '../audit/append-records.ts'
import type { AuditRecord } from '../audit/audit-record.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { insertTokens } from '../rules/insert-tokens.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import { describeContext } from './internal/describe-context.ts'
import { assertPresentedNotRevoked, proveHolder } from './internal/holder.ts'
import type { AnsweredContext } from './open-context.ts'

/** What a session was exposed to. */
export interface ExposureAddition {
  /** The identity of whoever holds the context, URL-safe base64. */
  readonly identity: string
  readonly context: string
  /** Labels. */
  readonly exposures: readonly string[]
  /** What exposed the session, for the record. */
  readonly source: string
}

/**
 * Records what a session was exposed to, in the session and in its context. Older copies of the context gain nothing.
 *
 * @throws `AuthorityError` `refused_credential`, `invalid_request`; `EngineError` `wrong_context`, `unknown_session`;
 *   `StoreError`. Then nothing was recorded.
 */
export function addContextExposure(parts: AuthorityParts, request: ExposureAddition): Promise<AnsweredContext> {
  const { exposures, source } = request
  return recordingRefusals(parts, 'exposure.added', async (proven) =>
    parts.rules.act(
      (rules) => proveHolder(rules, request, proven),
      async (transaction, holder, rules) => {
        const { caller, context: before } = holder
        await assertPresentedNotRevoked(transaction, holder)
        const context = await rules.inSession(transaction, (engine) =>
          engine.addExposure(before.token, { exposures, source }),
        )
        const time = parts.now()
        const rows = describeContext(before, context)
        await insertTokens(transaction, rules, rows, time)
        const { subject, expiresAt, revocationIds } = before
        const record: AuditRecord = {
          kind: 'exposure.added',
          decision: 'allowed',
          actor: caller.identity,
          subject,
          revocationId: rows[0]?.id ?? revocationIds[0],
          detail: { exposures, source },
        }
        await appendRecords(transaction, [record], time)
        return { context, subject, expiresAt }
      },
    ),
  )
}
