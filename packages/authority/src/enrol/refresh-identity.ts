import { CapabilityError, type VerifiedIdentity } from '@writ/core'
import { AuthorityError } from '../authority-error.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { LONGEST_LIFE_SECONDS } from '../keys/longest-life.ts'
import { assertNotRevoked } from '../revoke/assert-not-revoked.ts'
import { proveIdentity } from '../rules/prove-identity.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import type { Rules } from '../rules/rules.ts'
import { type MintedIdentity, prepareIdentity, recordIdentity } from './internal/mint.ts'

/** What is presented. */
export interface RefreshRequest {
  /** The identity, URL-safe base64. */
  readonly identity: string
}

/**
 * Mints a new identity for the bearer of one that was minted here and that nobody has narrowed or delegated. The chain ends
 * 24 hours after its first identity. The old one stays valid until it expires; revoking it revokes the new one.
 *
 * @throws `AuthorityError` `refused_credential` if it is not accepted (any more); `not_refreshable` with `reason`:
 *   `attenuated`, `unknown` or `session_ended`. `EngineError` `unknown_subject`. `StoreError`.
 */
export function refreshIdentity(parts: AuthorityParts, { identity }: RefreshRequest): Promise<MintedIdentity> {
  return recordingRefusals(parts, 'identity.refreshed', async (proven) =>
    parts.rules.act(
      async (rules) => {
        const presented = await proveIdentity(rules, identity)
        const { subject } = presented
        const id = presented.revocationIds[0] as string
        proven({ actor: presented.identity, subject, revocationId: id })
        assertWhole(presented)
        const startedAt = await findStart(parts, id)
        const left = startedAt + LONGEST_LIFE_SECONDS - Math.floor(parts.now())
        if (left <= 0) throw new AuthorityError('not_refreshable', { reason: 'session_ended' })
        // Never more than was presented: the policy may say more by now.
        const delegatable = (await isDelegatable(rules, presented)) ? undefined : false
        return { id, startedAt, minted: await prepareIdentity(rules, { subject, delegatable, expiresIn: left }) }
      },
      async (transaction, { id, startedAt, minted }, rules) => {
        const { subject } = minted
        await assertNotRevoked(transaction, { ids: [id], name: subject })
        const lineage = { parent: id, sessionStartedAt: startedAt }
        const record = { kind: 'identity.refreshed', actor: subject } as const
        return recordIdentity(transaction, rules, minted, lineage, record, parts.now())
      },
    ),
  )
}

/** Whoever narrowed an identity wanted it to end, and whoever delegated it wanted that too. */
function assertWhole({ revocationIds, assertedBy, identity, subject }: VerifiedIdentity): void {
  const isWhole = revocationIds.length === 1 && assertedBy === 'authority' && identity === subject
  if (!isWhole) throw new AuthorityError('not_refreshable', { reason: 'attenuated' })
}

async function findStart(parts: AuthorityParts, id: string): Promise<number> {
  const row = await parts.store.read((query) =>
    query
      .selectFrom('tokens')
      .select('session_started_at')
      .where('id', '=', id)
      .where('kind', '=', 'identity')
      .executeTakeFirst(),
  )
  if (row === undefined) throw new AuthorityError('not_refreshable', { reason: 'unknown' })
  return row.session_started_at
}

/** Whether its bearer may speak as names below its own: it is asked to. */
async function isDelegatable({ identities }: Rules, { token, subject }: VerifiedIdentity): Promise<boolean> {
  try {
    await identities.verify(token, { identity: `${subject}:x` })
    return true
  } catch (error) {
    if (error instanceof CapabilityError && error.code !== 'unavailable') return false
    throw error
  }
}
