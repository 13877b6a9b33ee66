import { appendRecords } from '../audit/append-records.ts'
import type { AuditRecord } from '../audit/audit-record.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { assertNotRevoked } from '../revoke/assert-not-revoked.ts'
import { insertTokens } from '../rules/insert-tokens.ts'
import { proveIdentity } from '../rules/prove-identity.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import type { Rules } from '../rules/rules.ts'
import { lifeWithin } from './internal/life-within.ts'

/** The session to open: by its subject, or by somebody whose capability allows that. */
export type ContextOpening = {
  /** Seconds. Default 3600, at most a day. It ends with the identity. */
  readonly expiresIn?: number | undefined
} & (
  | {
      /** The identity of the subject, URL-safe base64. */
      readonly identity: string
      readonly subject?: undefined
      readonly fresh?: undefined
    }
  | {
      readonly identity?: undefined
      readonly subject: string
      /** Revocation ids of the capability, that of the authority block first. */
      readonly presentedIds: readonly string[]
      /** The subject of the capability. */
      readonly actor: string
      /** Does not count what open sessions of the subject have seen up to now: it sheds exposure. Default `false`. */
      readonly fresh?: boolean | undefined
    }
)

/** A context, as it is answered. */
export interface AnsweredContext {
  /** The token, URL-safe base64. */
  readonly context: string
  readonly subject: string
  /** Unix seconds. */
  readonly expiresAt: number
}

const DEFAULT_LIFETIME_SECONDS = 3600

/**
 * Opens a session and mints its context. It starts with what related sessions have seen. Only a capability can open a fresh
 * one; whoever calls this has proven it.
 *
 * @throws `AuthorityError` `refused_credential`; `EngineError` `unknown_subject`; `StoreError`. Then nothing was opened.
 */
export function openContext(parts: AuthorityParts, opening: ContextOpening): Promise<AnsweredContext> {
  const { expiresIn = DEFAULT_LIFETIME_SECONDS, fresh = false } = opening
  return recordingRefusals(parts, 'context.opened', async (proven) =>
    parts.rules.act(
      async (rules) => {
        const caller = await findCaller(rules, opening, expiresIn, parts.now())
        proven({ actor: caller.actor, subject: caller.subject, revocationId: caller.ids[0] })
        return caller
      },
      async (transaction, { actor, subject, ids, lifetime }, rules) => {
        await assertNotRevoked(transaction, { ids, name: subject })
        const context = await rules.inSession(transaction, (engine) =>
          engine.mintContext({ subject, expiresIn: lifetime, fresh }),
        )
        const { expiresAt, revocationIds, exposures } = await rules.contexts.verify(context)
        const id = revocationIds[0] as string
        const parent = ids[0]
        const time = parts.now()
        await insertTokens(transaction, rules, [{ id, kind: 'context', subject, parent, expiresAt }], time)
        const detail = { fresh, exposures, expiresAt, parent, policyVersion: rules.version }
        const record: AuditRecord = {
          kind: 'context.opened',
          decision: 'allowed',
          actor,
          subject,
          revocationId: id,
          detail,
        }
        await appendRecords(transaction, [record], time)
        return { context, subject, expiresAt }
      },
    ),
  )
}

interface Caller {
  readonly actor: string
  readonly subject: string
  readonly ids: readonly string[]
  readonly lifetime: number
}

async function findCaller(rules: Rules, opening: ContextOpening, wanted: number, now: number): Promise<Caller> {
  if (opening.identity === undefined) {
    const { actor, subject, presentedIds: ids } = opening
    return { actor, subject, ids, lifetime: wanted }
  }
  const caller = await proveIdentity(rules, opening.identity)
  const { identity: subject, revocationIds: ids } = caller
  return { actor: subject, subject, ids, lifetime: lifeWithin(caller, wanted, now) }
}
