// Everything public. There are no other exports.

export type {
  KyselyDatabase,
  KyselyTransaction,
  PgClient,
  PgliteDatabase,
  PgliteTransaction,
  PgPool,
  PostgresJs,
  PostgresJsSql,
} from './databases.ts'
export {
  type FollowedRevocations,
  type FollowRevocationsOptions,
  followRevocations,
  type RevocationFeed,
} from './follow-revocations.ts'
export { type ColumnType, type Command, policiesOf, type TablePolicy } from './policies-of.ts'
export { readMigration } from './read-migration.ts'
export { withCapability } from './with-capability.ts'
