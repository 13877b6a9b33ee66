import { EngineError, matchClaims } from '@writ/engine'
import type { AuditRecord } from '../audit/audit-record.ts'
import { AuthorityError } from '../authority-error.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { type MintedIdentity, type PreparedIdentity, prepareIdentity, recordIdentity } from '../enrol/internal/mint.ts'
import { assertNotRevoked } from '../revoke/assert-not-revoked.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import type { Rules } from '../rules/rules.ts'
import { spendAssertion } from './internal/spend-assertion.ts'
import { type VerifiedAssertion, verifyAssertion } from './verify-assertion.ts'

/** What somebody presents who has an identity elsewhere. */
export interface AssertionRequest {
  /** The assertion, a JWT (RFC 7519). */
  readonly token: string
}

/**
 * Exchanges an assertion of an issuer that the policy declares (an OpenID Connect token) for an identity of the subject that
 * the exchange rules give to its claims. Each assertion is exchanged once.
 *
 * @throws `AuthorityError` `refused_credential`, which does not say why: signature, times, audience, a rule that is not met, a
 *   subject that is not known or revoked, a replay. `unavailable`, with `retryAfter` in seconds, if the issuer does not
 *   answer. `StoreError`. Then nothing was minted, and the assertion is as good as before.
 */
export function exchangeAssertion(parts: AuthorityParts, { token }: AssertionRequest): Promise<MintedIdentity> {
  // An issuer may give assertions to everybody, so a caller whom the rules refuse counts as nobody known.
  return recordingRefusals(parts, 'assertion.exchanged', async () => {
    const { policy } = await parts.rules.current()
    const assertion = await verifyAssertion(token, policy, parts)
    return parts.rules.act(
      (rules) => prepare(rules, assertion),
      async (transaction, prepared, rules) => {
        const { subject, id: revocationId } = prepared
        const time = parts.now()
        await spendAssertion(transaction, assertion, time)
        await assertNotRevoked(transaction, { ids: [], name: subject })
        const exchanged: AuditRecord = {
          kind: 'assertion.exchanged',
          decision: 'allowed',
          actor: subject,
          subject,
          revocationId,
          detail: { issuer: assertion.issuer.id, assertion: assertion.id },
        }
        const record = { kind: 'identity.minted', actor: subject } as const
        return recordIdentity(transaction, rules, prepared, {}, record, time, [exchanged])
      },
    )
  })
}

/** The rules may have changed since the assertion was verified: then the new ones must have the same issuer. */
async function prepare(rules: Rules, { issuer, claims }: VerifiedAssertion): Promise<PreparedIdentity> {
  const known = rules.policy.issuers.find(({ issuer: name }) => name === issuer.issuer)
  const matched = known?.audience === issuer.audience ? matchClaims(rules.policy, known.id, claims) : undefined
  if (matched === undefined) throw new AuthorityError('refused_credential')
  try {
    return await prepareIdentity(rules, { subject: matched.subject })
  } catch (cause) {
    if (!(cause instanceof EngineError) || cause.code === 'unavailable') throw cause
    throw new AuthorityError('refused_credential', {}, { cause })
  }
}
