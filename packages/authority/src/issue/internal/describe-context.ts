import { revocationIds, type VerifiedContext } from '@writ/core'
import type { Minted } from '../../rules/insert-tokens.ts'

/** The row of a context that was written from another one; none if it only grew, for its authority block is the same. */
export function describeContext(before: VerifiedContext, after: string): readonly Minted[] {
  const parent = before.revocationIds[0] as string
  const id = revocationIds(after)[0] as string
  if (id === parent) return []
  const { subject, expiresAt, rootKeyId: keyId } = before
  return [{ id, kind: 'context', subject, parent, expiresAt, keyId }]
}
