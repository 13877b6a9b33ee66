import { type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const NOTHING = '0'.repeat(64)

/** The tables of the first released schema. It never changes; see `tables.ts` for what the columns mean. */
export const first: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('head')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('audit_sequence', 'bigint', (column) => column.notNull())
      .addColumn('audit_hash', 'text', (column) => column.notNull())
      .addColumn('feed_sequence', 'bigint', (column) => column.notNull())
      .addColumn('feed_hash', 'text', (column) => column.notNull())
      .addColumn('feed_base_sequence', 'bigint', (column) => column.notNull())
      .addColumn('feed_base_hash', 'text', (column) => column.notNull())
      .addColumn('rules_epoch', 'bigint', (column) => column.notNull())
      .execute()
    await (db as Kysely<{ head: Record<string, unknown> }>)
      .insertInto('head')
      .values({
        id: 1,
        audit_sequence: 0,
        audit_hash: NOTHING,
        feed_sequence: 0,
        feed_hash: NOTHING,
        feed_base_sequence: 0,
        feed_base_hash: NOTHING,
        rules_epoch: 0,
      })
      .execute()

    await schema
      .createTable('audit')
      .addColumn('sequence', 'bigint', (column) => column.primaryKey())
      .addColumn('time_ms', 'bigint', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('decision', 'text', (column) => column.notNull())
      .addColumn('actor', 'text')
      .addColumn('subject', 'text')
      .addColumn('resource', 'text')
      .addColumn('operation', 'text')
      .addColumn('revocation_id', 'text')
      .addColumn('detail', 'text', (column) => column.notNull())
      .addColumn('previous_hash', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull().unique())
      .execute()
    for (const column of ['subject', 'resource', 'revocation_id', 'time_ms']) {
      await schema.createIndex(`audit_${column}`).on('audit').columns([column, 'sequence']).execute()
    }
    await schema
      .createIndex('audit_refused')
      .on('audit')
      .column('sequence')
      .where(sql<boolean>`decision = 'refused'`)
      .execute()
    await schema
      .createTable('checkpoints')
      .addColumn('sequence', 'bigint', (column) => column.primaryKey())
      .addColumn('time_ms', 'bigint', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('key_id', 'bigint', (column) => column.notNull())
      .addColumn('signature', 'text', (column) => column.notNull())
      .execute()

    await schema
      .createTable('keys')
      .addColumn('id', 'bigint', (column) => column.primaryKey())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('public_key', 'text', (column) => column.notNull().unique())
      .addColumn('sealed', 'text', (column) => column.notNull())
      .addColumn('provider', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('activated_at', 'bigint')
      .addColumn('retired_at', 'bigint')
      .addColumn('certified_by', 'bigint')
      .addColumn('certificate', 'text')
      .execute()
    await schema
      .createIndex('keys_one_in_use')
      .on('keys')
      .columns(['purpose', 'state'])
      .unique()
      .where(sql<boolean>`state <> 'retired'`)
      .execute()

    await schema
      .createTable('tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('parent', 'text')
      .addColumn('session_started_at', 'bigint', (column) => column.notNull())
      .addColumn('minted_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('key_id', 'bigint', (column) => column.notNull())
      .addColumn('target', 'text')
      .addColumn('operation', 'text')
      .addColumn('revoked_at', 'bigint')
      .execute()
    for (const column of ['parent', 'subject', 'minted_at', 'expires_at']) {
      await schema.createIndex(`tokens_${column}`).on('tokens').column(column).execute()
    }

    await schema
      .createTable('revocations')
      .addColumn('sequence', 'bigint', (column) => column.primaryKey())
      .addColumn('time_ms', 'bigint', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('issued_before', 'bigint')
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('hash', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('revocations_value').on('revocations').columns(['type', 'value']).execute()

    await schema
      .createTable('sessions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('subject', byBytes(db), (column) => column.notNull())
      .addColumn('since', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    for (const column of ['subject', 'expires_at']) {
      await schema.createIndex(`sessions_${column}`).on('sessions').column(column).execute()
    }
    await schema
      .createTable('session_contexts')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('session_id', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await schema.createIndex('session_contexts_session').on('session_contexts').column('session_id').execute()
    await schema
      .createTable('session_labels')
      .addColumn('session_id', 'text', (column) => column.notNull())
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('session_labels_key', ['session_id', 'label'])
      .execute()

    await schema
      .createTable('policies')
      .addColumn('version', 'bigint', (column) => column.primaryKey())
      .addColumn('policy', 'text', (column) => column.notNull())
      .addColumn('schema', 'text')
      .addColumn('etag', 'text', (column) => column.notNull())
      .addColumn('author', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('diff', 'text', (column) => column.notNull())
      .execute()

    await schema
      .createTable('enrolments')
      .addColumn('secret_hash', 'text', (column) => column.primaryKey())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('used_at', 'bigint')
      .execute()
    await schema
      .createTable('assertions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    await schema.createIndex('assertions_expires_at').on('assertions').column('expires_at').execute()
  },
}

/** Text that is compared byte by byte, as SQLite does anyway, so that an index finds the names that begin with a prefix. */
function byBytes(db: Kysely<unknown>): 'text' | RawBuilder<unknown> {
  return db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : 'text'
}
