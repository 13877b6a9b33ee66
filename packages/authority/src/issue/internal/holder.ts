import type { VerifiedContext, VerifiedIdentity } from '@writ/core'
import { assertNotRevoked } from '../../revoke/assert-not-revoked.ts'
import { proveContext } from '../../rules/prove-context.ts'
import { proveIdentity } from '../../rules/prove-identity.ts'
import type { Proven } from '../../rules/record-refusals.ts'
import type { Rules } from '../../rules/rules.ts'
import type { StoreTransaction } from '../../store/store.ts'
import { assertContextNotRevoked } from './mint-capability.ts'

/** Who holds a context. */
export interface Holder {
  readonly caller: VerifiedIdentity
  readonly context: VerifiedContext
}

/** Proves an identity, and a context that is good for its name. */
export async function proveHolder(
  rules: Rules,
  { identity, context }: { readonly identity: string; readonly context: string },
  proven: (who: Proven) => void,
): Promise<Holder> {
  const caller = await proveIdentity(rules, identity)
  proven({ actor: caller.identity, subject: caller.identity, revocationId: caller.revocationIds[0] })
  return { caller, context: await proveContext(rules, context, caller.identity) }
}

/** Refuses an identity or a context that is revoked now. */
export async function assertPresentedNotRevoked(
  transaction: StoreTransaction,
  { caller, context }: Holder,
): Promise<void> {
  await assertNotRevoked(transaction, { ids: caller.revocationIds, name: caller.identity })
  await assertContextNotRevoked(transaction, context)
}
