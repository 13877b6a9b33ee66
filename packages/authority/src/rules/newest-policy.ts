import type { Kysely, Selectable } from 'kysely'
import type { PolicyTable, Tables } from '../store/tables.ts'

/** The row of the policy and the schema in force. */
export function newestPolicy(query: Kysely<Tables>): Promise<Selectable<PolicyTable>> {
  return query.selectFrom('policies').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirstOrThrow()
}
