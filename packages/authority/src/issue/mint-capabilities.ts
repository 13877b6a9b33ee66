import { appendRecords } from '../audit/append-records.ts'
import type { AuthorityParts } from '../authority-parts.ts'
import { assertNotRevoked } from '../revoke/assert-not-revoked.ts'
import { insertTokens } from '../rules/insert-tokens.ts'
import { proveIdentity } from '../rules/prove-identity.ts'
import { recordingRefusals } from '../rules/record-refusals.ts'
import type { CapabilityAnswer, CapabilityRequest } from './capability-request.ts'
import { describeCapability } from './internal/describe-capability.ts'
import { type Decided, mintAhead, mintInSession, type Postponed } from './internal/mint-capability.ts'

/** Who asks, and for what. */
export interface CapabilitiesRequest {
  /** The identity, URL-safe base64. */
  readonly identity: string
  /** 1 to 100. */
  readonly requests: readonly CapabilityRequest[]
}

const MOST = 100

/**
 * Mints capabilities for the bearer of an identity. Each request is answered by itself, in its order, with a capability or
 * the error that refused it; all of them are recorded in one transaction. Nothing outlives the identity.
 *
 * @throws `AuthorityError` `refused_credential` if the identity is not accepted, `invalid_request` for no requests or too
 *   many; `StoreError`. Then nothing was minted.
 */
export function mintCapabilities(
  parts: AuthorityParts,
  { identity, requests }: CapabilitiesRequest,
): Promise<readonly CapabilityAnswer[]> {
  return recordingRefusals(parts, 'capability.minted', async (proven) => {
    if (requests.length < 1 || requests.length > MOST) throw new TypeError(`requests: must be 1 to ${MOST}`)
    return parts.rules.act(
      async (rules) => {
        const caller = await proveIdentity(rules, identity)
        proven({ actor: caller.identity, subject: caller.identity, revocationId: caller.revocationIds[0] })
        const ahead: (Decided | Postponed)[] = []
        for (const request of requests) ahead.push(await mintAhead(rules, caller, request, parts.now()))
        return { caller, ahead }
      },
      async (transaction, { caller, ahead }, rules) => {
        await assertNotRevoked(transaction, { ids: caller.revocationIds, name: caller.identity })
        const decisions: Decided[] = []
        // One after the other: a session takes no two acts at once.
        for (const one of ahead) decisions.push('request' in one ? await mintInSession(transaction, rules, one) : one)
        const described = decisions.map((decided) => describeCapability(rules, caller, decided))
        const time = parts.now()
        await insertTokens(
          transaction,
          rules,
          described.flatMap(({ rows }) => rows),
          time,
        )
        await appendRecords(
          transaction,
          described.map(({ record }) => record),
          time,
        )
        return decisions.map(({ minted, refused }): CapabilityAnswer => (minted ? { minted } : { refused }))
      },
    )
  })
}
