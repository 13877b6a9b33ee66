import type { Kysely } from 'kysely'
import { namesAbove } from '../rules/names-above.ts'
import type { Tables } from '../store/tables.ts'

/** What is presented to an act. */
export interface Presented {
  /** Revocation ids of all of its blocks. */
  readonly ids: readonly string[]
  /** The proven name. Default: none is asked about. */
  readonly name?: string | undefined
}

/** Whether a block is revoked, minted here or named in the feed; or the name, or any name above it. */
export async function isRevoked(query: Kysely<Tables>, { ids, name }: Presented): Promise<boolean> {
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
  return token !== undefined || entry !== undefined
}
