import { AuthorityError } from '../authority-error.ts'
import { namesAbove } from '../rules/names-above.ts'
import type { StoreTransaction } from '../store/store.ts'

/** What is presented to an act. */
export interface Presented {
  /** Revocation ids of all of its blocks. */
  readonly ids: readonly string[]
  /** The proven name. Default: none is asked about. */
  readonly name?: string | undefined
}

/**
 * Refuses what is revoked now: a block of what is presented, or the name and any name above it. Called by every mint when it
 * commits, after the head was locked: a revocation that is acknowledged then precedes the mint, or follows and finds it.
 *
 * @throws `AuthorityError` `refused_credential`
 */
export async function assertNotRevoked({ query }: StoreTransaction, { ids, name }: Presented): Promise<void> {
  const names = name === undefined ? [] : [name, ...namesAbove(name)]
  const token = await query
    .selectFrom('tokens')
    .select('id')
    .where('id', 'in', [...ids, ''])
    .where('revoked_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  const entry = await query
    .selectFrom('revocations')
    .select('sequence')
    .where((build) =>
      build.or([
        build.and([build('type', '=', 'token'), build('value', 'in', [...ids, ''])]),
        build.and([build('type', '=', 'actor'), build('value', 'in', [...names, ''])]),
      ]),
    )
    .limit(1)
    .executeTakeFirst()
  if (token !== undefined || entry !== undefined) throw new AuthorityError('refused_credential')
}
