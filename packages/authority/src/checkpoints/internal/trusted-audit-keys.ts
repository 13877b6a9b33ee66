import type { Kysely } from 'kysely'
import { isCertified } from '../../keys/certify.ts'
import type { KeyTable, Tables } from '../../store/tables.ts'

/**
 * The public keys by id that may have signed checkpoints: certified by a root key that is trusted, or by one that such a
 * key has certified, and so on. What the database says of its keys counts for nothing else.
 */
export async function trustedAuditKeys(
  query: Kysely<Tables>,
  trustedRoots: readonly string[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await query.selectFrom('keys').selectAll().orderBy('id').execute()
  const roots = new Map<number, string>()
  for (const row of rows) {
    if (row.purpose === 'root' && trustedRoots.includes(row.public_key)) roots.set(row.id, row.public_key)
  }
  let known: number
  do {
    known = roots.size
    for (const row of rows) {
      if (row.purpose === 'root' && !roots.has(row.id) && isVouchedFor(row, roots)) roots.set(row.id, row.public_key)
    }
  } while (roots.size > known)
  const keys = rows.filter((row) => row.purpose === 'audit' && isVouchedFor(row, roots))
  return new Map(keys.map((row) => [row.id, row.public_key]))
}

function isVouchedFor(row: KeyTable, roots: ReadonlyMap<number, string>): boolean {
  const { id, purpose, public_key: publicKey, certificate, certified_by: certifierId } = row
  const certifier = certifierId === null ? undefined : roots.get(certifierId)
  if (certifierId === null || certifier === undefined || certificate === null) return false
  return isCertified({ id, purpose, publicKey }, certificate, { id: certifierId, publicKey: certifier })
}
