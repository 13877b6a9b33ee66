import type { Kysely } from 'kysely'
import { verifyStatement } from '../keys/verify-statement.ts'
import type { Store } from '../store/store.ts'
import type { AuditTable, Tables } from '../store/tables.ts'
import type { AuditReport } from './audit-report.ts'
import { type Checkpoint, checkpointMembers, readCheckpoint } from './checkpoint.ts'
import { ChainWalk } from './internal/chain-walk.ts'
import { trustedAuditKeys } from './internal/trusted-audit-keys.ts'

const ROWS_A_PAGE = 1000

/** What to verify the audit by. */
export interface VerifyAuditOptions {
  /** The public keys of root keys that are trusted, from elsewhere than this database. */
  readonly trustedRoots: readonly string[]
  /** A checkpoint that was exported: verifies from it on, and that nothing up to it has changed. Default: from the start. */
  readonly since?: Checkpoint | undefined
}

/**
 * Verifies the audit: each record, that each follows the one before, and the signed checkpoints. May run while the
 * authority works. Who can write the database can also remove the newest checkpoints and rewrite what they covered; that is
 * found by a checkpoint which was exported before, as `since`.
 *
 * @param store - From `openStore`.
 * @param options - See {@link VerifyAuditOptions}.
 * @throws `TypeError` if no root key is trusted. `StoreError` if the database does not answer.
 *
 * @example
 * ```ts
 * import { openStore, parseCheckpoint, verifyAudit } from '@writ/authority'
 *
 * async function isIntact(exported: string, rootKey: string): Promise<boolean> {
 *   const store = await openStore('./writ-data')
 *   const report = await verifyAudit(store, { trustedRoots: [rootKey], since: parseCheckpoint(exported) })
 *   await store.close()
 *   return report.intact
 * }
 * ```
 */
export async function verifyAudit(
  store: Pick<Store, 'read'>,
  { trustedRoots, since }: VerifyAuditOptions,
): Promise<AuditReport> {
  if (trustedRoots.length === 0) throw new TypeError('trustedRoots: must name a root key')
  // In this order, because others write meanwhile: records are committed before the checkpoint that covers them, and keys
  // before what they sign.
  const lastCheckpoint = await store.read((query) => lastOf(query, 'checkpoints'))
  const head = await store.read((query) => query.selectFrom('head').selectAll().executeTakeFirstOrThrow())
  const keys = await store.read((query) => trustedAuditKeys(query, trustedRoots))
  const isGenuine = (checkpoint: Checkpoint) =>
    verifyStatement(keys.get(checkpoint.keyId) ?? '', 'checkpoint', checkpointMembers(checkpoint), checkpoint.signature)

  const walk = new ChainWalk(since, isGenuine)
  if (since !== undefined && !isGenuine(since)) {
    walk.found('forged_checkpoint', since.sequence)
    return walk.report()
  }
  while (walk.canGoOn) {
    const { rows, checkpoints } = await store.read((query) => readPage(query, walk.cursor, head.audit_sequence))
    for (const row of rows) walk.take(row, checkpoints.get(row.sequence))
    if (rows.length < ROWS_A_PAGE) break
  }
  walk.end(Math.max(head.audit_sequence, lastCheckpoint), head.audit_hash)

  const lastRecord = await store.read((query) => lastOf(query, 'audit'))
  const { audit_sequence: end } = await store.read((query) =>
    query.selectFrom('head').select('audit_sequence').executeTakeFirstOrThrow(),
  )
  if (lastRecord > end) walk.found('inserted', lastRecord)
  return walk.report()
}

async function lastOf(query: Kysely<Tables>, table: 'audit' | 'checkpoints'): Promise<number> {
  const row = await query.selectFrom(table).select('sequence').orderBy('sequence', 'desc').limit(1).executeTakeFirst()
  return row?.sequence ?? 0
}

async function readPage(
  query: Kysely<Tables>,
  cursor: number,
  end: number,
): Promise<{ rows: readonly AuditTable[]; checkpoints: ReadonlyMap<number, Checkpoint> }> {
  const rows = await query
    .selectFrom('audit')
    .selectAll()
    .where('sequence', '>', cursor)
    .where('sequence', '<=', end)
    .orderBy('sequence')
    .limit(ROWS_A_PAGE)
    .execute()
  const signed = await query
    .selectFrom('checkpoints')
    .selectAll()
    .where('sequence', '>', cursor)
    .where('sequence', '<=', rows.at(-1)?.sequence ?? cursor)
    .execute()
  return { rows, checkpoints: new Map(signed.map((row) => [row.sequence, readCheckpoint(row)])) }
}
