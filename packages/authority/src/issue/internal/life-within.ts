import type { VerifiedIdentity } from '@writ/core'
import { AuthorityError } from '../../authority-error.ts'

/**
 * A lifetime that ends no later than the identity that was presented.
 *
 * @param wanted - Seconds.
 * @throws `AuthorityError` `refused_credential` if nothing is left of it.
 */
export function lifeWithin({ expiresAt }: Pick<VerifiedIdentity, 'expiresAt'>, wanted: number, now: number): number {
  const left = expiresAt - Math.floor(now)
  if (left <= 0) throw new AuthorityError('refused_credential')
  return Math.min(wanted, left)
}
