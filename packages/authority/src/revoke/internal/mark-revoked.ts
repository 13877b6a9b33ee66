import { type RawBuilder, sql } from 'kysely'
import type { StoreTransaction } from '../../store/store.ts'

/** A token that an act has revoked. */
export interface RevokedToken {
  readonly id: string
  readonly subject: string
  readonly expires_at: number
}

/**
 * Marks tokens as revoked, and all that was minted from them, at any depth. The database walks the lineage: also through
 * tokens that have expired, because an identity that was refreshed outlives the one that it came from.
 *
 * @param chosen - A condition on a row of `tokens`.
 * @returns Those that were not revoked before.
 */
export async function markRevoked(
  { query }: StoreTransaction,
  chosen: RawBuilder<boolean>,
  time: number,
): Promise<readonly RevokedToken[]> {
  const { rows } = await sql<RevokedToken>`
    with recursive lineage(id) as (
      select id from tokens where ${chosen}
      union
      select child.id from tokens as child join lineage on child.parent = lineage.id
    )
    update tokens set revoked_at = ${Math.floor(time)}
    where revoked_at is null and id in (select id from lineage)
    returning id, subject, expires_at`.execute(query)
  return rows
}

/** The condition that the subject is a name or below it. */
export function isSubjectUnder(prefix: string): RawBuilder<boolean> {
  return isUnder('subject', prefix)
}

/** The condition that a column is a name or below it. Not by `like`, for which `_` is any character and `A` may be `a`. */
export function isUnder(column: 'subject' | 'value', prefix: string): RawBuilder<boolean> {
  const [name, below] = [sql.ref(column), sql`cast(${`${prefix}:`} as text)`]
  return sql<boolean>`(${name} = ${prefix} or substr(${name}, 1, length(${below})) = ${below})`
}
