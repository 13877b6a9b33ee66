import type { Signer } from '@writ/core'
import type { Kysely } from 'kysely'
import type { KeyTable, Tables } from '../store/tables.ts'
import { isCertified } from './certify.ts'
import { openKey } from './internal/open-key.ts'
import { isPublished } from './internal/published.ts'
import { KeyError } from './key-error.ts'
import type { KeyProvider } from './key-provider.ts'
import type { KeySet, PublishedKey, SigningKey } from './key-set.ts'

/**
 * Loads the keys that are in use. Every key that is published is opened: a row that somebody else has written is no key of
 * this authority, and stops it.
 *
 * @param now - Unix seconds. Root keys that were retired a day before are left out.
 * @throws `KeyError` that names the key if one cannot be opened, such as with another master key, or if its certificate is
 *   wrong; or if there is no active key.
 */
export async function loadKeySet(query: Kysely<Tables>, provider: KeyProvider, now: number): Promise<KeySet> {
  const rows = await query.selectFrom('keys').selectAll().orderBy('id').execute()
  const byId = new Map(rows.map((row) => [row.id, row]))
  const published = rows.filter((row) => isPublished(row, now))
  const signers = new Map<number, Signer>()
  for (const row of published) {
    assertCertified(row, byId)
    signers.set(row.id, await openKey(provider, row))
  }

  function active(purpose: KeyTable['purpose']): SigningKey & PublishedKey {
    const row = published.find((key) => key.purpose === purpose && key.state === 'active')
    const signer = row && signers.get(row.id)
    if (signer === undefined) throw new KeyError(`there is no active key for ${purpose}`)
    return Object.freeze({ ...describe(row as KeyTable), signer })
  }

  const roots = published.filter((row) => row.purpose === 'root')
  const signing = new Map(roots.filter((row) => row.state !== 'next').map((row) => [row.id, signers.get(row.id)]))
  return Object.freeze({
    root: active('root'),
    feed: active('feed'),
    audit: active('audit'),
    roots: Object.freeze(roots.map(describe)),
    signerOf: (id: number) => signing.get(id),
  })
}

function describe(row: KeyTable): PublishedKey {
  return Object.freeze({
    id: row.id,
    publicKey: row.public_key,
    state: row.state,
    certifiedBy: row.certified_by,
    certificate: row.certificate,
  })
}

/** Nobody vouches for the very first key. */
function assertCertified(row: KeyTable, byId: ReadonlyMap<number, KeyTable>): void {
  if (row.purpose === 'root' && row.certified_by === null && row.id === Math.min(...byId.keys())) return
  const certifier = byId.get(row.certified_by ?? -1)
  const key = { id: row.id, purpose: row.purpose, publicKey: row.public_key }
  if (
    certifier?.purpose !== 'root' ||
    !isCertified(key, row.certificate ?? '', { id: certifier.id, publicKey: certifier.public_key })
  ) {
    throw new KeyError('its certificate is not by a root key of this authority', row.id)
  }
}
