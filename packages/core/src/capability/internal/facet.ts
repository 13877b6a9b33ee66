import { CapabilityError } from '../../internal/base/capability-error.ts'
import { FACET } from '../../internal/base/labels.ts'
import type { AdmittedToken } from '../../internal/read/admit-token.ts'
import type { Binding } from '../../internal/rules/bindings.ts'
import { canonicalIdOf } from '../../internal/rules/revocation.ts'
import type { UseLedger } from '../use-ledger.ts'

/**
 * Returns the unattested pin that the checks demand. If they demand two different pins it returns `undefined`: a
 * verifier asserts one value per label.
 */
export function facetOf(bindings: readonly Binding[]): Binding | undefined {
  const [facet, ...others] = bindings.filter(({ label, attested }) => label === FACET && !attested)
  return others.every(({ value }) => value === facet?.value) ? facet : undefined
}

/**
 * Spends the one use of a token.
 *
 * @throws `CapabilityError`: `already_used` if no use is left; `unavailable` if there is no clear answer.
 */
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
