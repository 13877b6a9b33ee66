import { EngineError } from '@writ/engine'
import { appendRecords } from '../audit/append-records.ts'
import type { AuditRecord } from '../audit/audit-record.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { insertTokens } from '../rules/insert-tokens.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import { assertPresentedNotRevoked, proveHolder } from './internal/holder.ts'
import { lifeWithin } from './internal/life-within.ts'
import type { AnsweredContext } from './open-context.ts'

/** The fork to make. */
export interface ForkRequest {
  /** The identity of whoever holds the context, URL-safe base64. */
  readonly identity: string
  readonly context: string
  /** The subject of the fork: the proven name, or one below it. */
  readonly subject: string
  /** Seconds. Default: what is left of the context, which is also the longest. It ends with the identity. */
  readonly expiresIn?: number | undefined
}

/**
 * Mints a context for a child in the same session.
 *
 * @throws `AuthorityError` `refused_credential`; `EngineError` `wrong_context` for a context or a subject that is not the
 *   caller's, `unknown_session`, `unknown_subject`; `StoreError`. Then nothing was minted.
 */
export function forkContext(parts: AuthorityParts, request: ForkRequest): Promise<AnsweredContext> {
  const { subject } = request
  return recordingRefusals(parts, 'context.forked', async (proven) =>
    parts.rules.act(
      async (rules) => {
        const holder = await proveHolder(rules, request, proven)
        const name = holder.caller.identity
        if (subject !== name && !subject.startsWith(`${name}:`)) {
          throw new EngineError('context', 'wrong_context', { subject })
        }
        return holder
      },
      async (transaction, holder, rules) => {
        const { caller, context: parent } = holder
        await assertPresentedNotRevoked(transaction, holder)
        const expiresIn = lifeWithin(caller, request.expiresIn ?? Number.MAX_SAFE_INTEGER, parts.now())
        const context = await rules.inSession(transaction, (engine) =>
          engine.forkContext(parent.token, { subject, expiresIn }),
        )
        const { expiresAt, revocationIds, rootKeyId: keyId } = await rules.contexts.verify(context)
        const id = revocationIds[0] as string
        const parentId = parent.revocationIds[0]
        const time = parts.now()
        const row = { id, kind: 'context', subject, parent: parentId, expiresAt, keyId } as const
        await insertTokens(transaction, rules, [row], time)
        const record: AuditRecord = {
          kind: 'context.forked',
          decision: 'allowed',
          actor: caller.identity,
          subject,
          revocationId: id,
          detail: { expiresAt, parent: parentId, policyVersion: rules.version },
        }
        await appendRecords(transaction, [record], time)
        return { context, subject, expiresAt }
      },
    ),
  )
}
