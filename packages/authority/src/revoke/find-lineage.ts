import { type Kysely, sql } from 'kysely'
import type { Tables, TokenTable } from '../store/tables.ts'

/** What was minted from what. */
export interface Lineage {
  readonly token: TokenTable
  /** What the token was minted from, the nearest first. */
  readonly ancestors: readonly TokenTable[]
  /** What was minted from the token, at any depth. */
  readonly descendants: readonly TokenTable[]
  /** Whether there is more than is listed. */
  readonly more: boolean
}

const MAX_LISTED = 1000

/**
 * Finds what a token was minted from, and what was minted from it. At most a thousand of each are listed.
 *
 * @param id - The revocation id of an authority block, lower-case hex.
 * @returns `undefined` for an id that was never minted here.
 */
export async function findLineage(query: Kysely<Tables>, id: string): Promise<Lineage | undefined> {
  const token = await query.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst()
  if (token === undefined) return undefined
  const ancestors = await sql<TokenTable & { depth: number }>`
    with recursive above(id, depth) as (
      select cast(${token.parent} as text), 1
      union all
      select tokens.parent, above.depth + 1 from tokens join above on tokens.id = above.id
      where tokens.parent is not null and above.depth <= ${sql.lit(MAX_LISTED)}
    )
    select tokens.*, above.depth from tokens join above on tokens.id = above.id
    order by above.depth limit ${sql.lit(MAX_LISTED + 1)}`.execute(query)
  const descendants = await sql<TokenTable>`
    with recursive below(id) as (
      select id from tokens where parent = ${id}
      union
      select child.id from tokens as child join below on child.parent = below.id
    ), found as (select id from below limit ${sql.lit(MAX_LISTED + 1)})
    select tokens.* from tokens join found on tokens.id = found.id
    order by tokens.minted_at, tokens.id`.execute(query)
  return {
    token: { ...token },
    ancestors: ancestors.rows.slice(0, MAX_LISTED).map(({ depth: _, ...row }) => row),
    descendants: descendants.rows.slice(0, MAX_LISTED).map((row) => ({ ...row })),
    more: ancestors.rows.length > MAX_LISTED || descendants.rows.length > MAX_LISTED,
  }
}
