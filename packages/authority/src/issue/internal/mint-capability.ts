import type { VerifiedContext, VerifiedIdentity } from '@writ/core'
import { EngineError, type MintedCapability, type MintRequest } from '@writ/engine'
import { AuthorityError } from '../../authority-error.ts'
import { assertNotRevoked } from '../../revoke/assert-not-revoked.ts'
import { proveContext } from '../../rules/prove-context.ts'
import { asRefusal } from '../../rules/record-refusals.ts'
import type { Rules } from '../../rules/rules.ts'
import type { StoreTransaction } from '../../store/store.ts'
import type { CapabilityRequest } from '../capability-request.ts'
import { lifeWithin } from './life-within.ts'

const DEFAULT_LIFETIME_SECONDS = 300

/** A request that was decided. */
export type Decided =
  | { readonly minted: MintedCapability; readonly context?: VerifiedContext; readonly refused?: undefined }
  | { readonly refused: EngineError | AuthorityError; readonly minted?: undefined }

/** A request that is decided in the transaction, because it takes part in a session. */
export interface Postponed {
  readonly context: VerifiedContext
  readonly request: MintRequest
  readonly minted?: undefined
}

/** Decides a request before the transaction, if it has no context. With one, all that may take long is done. */
export function mintAhead(
  rules: Rules,
  caller: VerifiedIdentity,
  asked: CapabilityRequest,
  now: number,
): Promise<Decided | Postponed> {
  return decide<Decided | Postponed>(async () => {
    const { engine } = rules
    const expiresIn = lifeWithin(caller, asked.expiresIn ?? DEFAULT_LIFETIME_SECONDS, now)
    const request: MintRequest = { ...asked, subject: caller.identity, delegatedBy: caller.delegatedBy, expiresIn }
    if (asked.context === undefined) return { minted: await engine.mint(request) }
    const context = await proveContext(rules, asked.context, caller.identity)
    const evaluation = await engine.evaluate(request)
    if (!evaluation.allowed) throw evaluation.error
    // With these the resolver, which may take long, has nothing to add while the head is locked.
    return { context, request: { ...request, designations: evaluation.minted.designations } }
  })
}

/** Mints in the session of a context. */
export function mintInSession(
  transaction: StoreTransaction,
  rules: Rules,
  { context, request }: Postponed,
): Promise<Decided> {
  return decide<Decided>(async () => {
    await assertContextNotRevoked(transaction, context)
    return { minted: await rules.inSession(transaction, (engine) => engine.mint(request)), context }
  })
}

/** @throws `EngineError` `wrong_context` */
export async function assertContextNotRevoked(transaction: StoreTransaction, context: VerifiedContext): Promise<void> {
  try {
    await assertNotRevoked(transaction, { ids: context.revocationIds, name: context.subject })
  } catch (cause) {
    if (!(cause instanceof AuthorityError)) throw cause
    throw new EngineError('context', 'wrong_context', { subject: context.subject, cause })
  }
}

/** A refusal is an answer; everything else ends the act. */
async function decide<Outcome>(run: () => Promise<Outcome>): Promise<Outcome | Decided> {
  try {
    return await run()
  } catch (thrown) {
    const refused = asRefusal(thrown)
    if (refused instanceof EngineError || refused instanceof AuthorityError) return { refused }
    throw refused
  }
}
