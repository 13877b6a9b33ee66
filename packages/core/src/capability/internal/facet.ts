import { CapabilityError } from '../../internal/base/capability-error.ts'
import { FACET } from '../../internal/base/labels.ts'
import type { AdmittedToken } from '../../internal/read/admit-token.ts'
import type { Binding } from '../../internal/rules/bindings.ts'
import { canonicalIdOf } from '../../internal/rules/revocation.ts'
import type { UseLedger } from '../use-ledger.ts'

/**
 * The single-use pin that a ledger would have to vouch for: the one that the checks demand and that nobody has attested. With two
 * there is none, since one value a label is all that a verifier asserts.
 */
export function facetOf(bindings: readonly Binding[]): Binding | undefined {
  const [facet, ...others] = bindings.filter(({ label, attested }) => label === FACET && !attested)
  return others.every(({ value }) => value === facet?.value) ? facet : undefined
}

/** Errors: `already_used` when there is no use left; `unavailable` when there is no clear answer. */
export async function spendFacet(
  ledger: UseLedger,
  { token, root }: AdmittedToken<unknown>,
  { value, block }: Binding,
): Promise<void> {
  let spent: unknown
  try {
    spent = await ledger.consume(canonicalIdOf(token, root), value)
  } catch (cause) {
    throw new CapabilityError('unavailable', { cause })
  }
  if (typeof spent !== 'boolean') throw new CapabilityError('unavailable')
  if (!spent) throw new CapabilityError('already_used', { label: FACET, expected: value, block })
}
