import { inspect, revocationIds } from '@writ/core'
import { EngineError, matchClaims } from '@writ/engine'
import { appendRecords } from '../audit/append-records.ts'
import { AuthorityError } from '../authority-error.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { assertNotRevoked } from '../revoke/assert-not-revoked.ts'
import type { Rules } from '../rules/rules.ts'
import type { StoreTransaction } from '../store/store.ts'
import { recordRefusal } from './internal/record-refusal.ts'
import { spendAssertion } from './internal/spend-assertion.ts'
import { type VerifiedAssertion, verifyAssertion } from './verify-assertion.ts'

/** An identity for an assertion. */
export interface ExchangedAssertion {
  /** The identity token. */
  readonly identity: string
  readonly subject: string
  /** The end of the identity, in Unix seconds. */
  readonly expiresAt: number
}

interface Minted extends ExchangedAssertion {
  readonly id: string
}

/**
 * Exchanges an assertion of an issuer that the policy declares (an OpenID Connect token) for an identity of the subject that
 * the exchange rules give to its claims. Each assertion is exchanged once.
 *
 * @throws `AuthorityError` `refused_credential`, which does not say why: signature, times, audience, a rule that is not met, a
 *   subject that is not known or revoked, a replay. `unavailable`, with `retryAfter` in seconds, if the issuer does not answer.
 */
export async function exchangeAssertion(
  parts: AuthorityParts,
  { token }: { readonly token: string },
): Promise<ExchangedAssertion> {
  try {
    const { policy } = await parts.rules.current()
    const assertion = await verifyAssertion(token, policy, parts)
    const { id: _, ...exchanged } = await parts.rules.act(
      (rules) => mint(assertion, rules),
      (transaction, minted, rules) => commit(transaction, minted, assertion, rules, parts.now()),
    )
    return Object.freeze(exchanged)
  } catch (error) {
    if (error instanceof AuthorityError && error.code === 'refused_credential') {
      await recordRefusal(parts, 'assertion.exchanged')
    }
    throw error
  }
}

/** The rules may have changed since the assertion was verified: then the new ones must know the issuer too. */
async function mint({ issuer, claims }: VerifiedAssertion, { policy, engine }: Rules): Promise<Minted> {
  const known = policy.issuers.find(({ issuer: name }) => name === issuer.issuer)
  const matched = known?.audience === issuer.audience ? matchClaims(policy, known.id, claims) : undefined
  if (matched === undefined) throw new AuthorityError('refused_credential')
  const { subject } = matched
  const identity = await engine.mintIdentity({ subject }).catch((cause: unknown) => {
    const isRefused = cause instanceof EngineError && cause.code !== 'unavailable'
    throw isRefused ? new AuthorityError('refused_credential', {}, { cause }) : cause
  })
  const { expiresAt } = await inspect(identity)
  const [id] = revocationIds(identity)
  if (id === undefined || expiresAt === undefined) throw new Error('an identity without an id or an end')
  return { identity, subject, expiresAt, id }
}

async function commit(
  transaction: StoreTransaction,
  minted: Minted,
  assertion: VerifiedAssertion,
  rules: Rules,
  time: number,
): Promise<Minted> {
  const { id, subject, expiresAt } = minted
  await spendAssertion(transaction, assertion, time)
  await assertNotRevoked(transaction, { ids: [], name: subject })
  const row = {
    id,
    kind: 'identity',
    subject,
    parent: null,
    session_started_at: Math.floor(time),
    minted_at: Math.floor(time),
    expires_at: expiresAt,
    key_id: rules.keys.root.id,
    target: null,
    operation: null,
    revoked_at: null,
  } as const
  await transaction.query.insertInto('tokens').values(row).execute()
  const detail = { issuer: assertion.issuer.id, assertion: assertion.id, expiresAt }
  const records = (['assertion.exchanged', 'identity.minted'] as const).map((kind) => ({
    kind,
    decision: 'allowed' as const,
    subject,
    revocationId: id,
    detail,
  }))
  await appendRecords(transaction, records, time)
  return minted
}
