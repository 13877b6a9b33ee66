import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createVerifier } from '@writ/core'
import { Client } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLocalKeys, openStore, serveAuthority, verifyAudit } from '../../src/index.ts'
import { listDatabases, type TestDatabase } from './open-databases.ts'

const NOW = 1_800_000_000

/** What is known of the database that was written by the first released schema. */
interface Written {
  readonly publicKey: string
  readonly identity: string
  readonly kept: string
  readonly revokedId: string
}

const read = (name: string) => readFile(new URL(`first-schema/${name}`, import.meta.url), 'utf8')

/** Fills an empty database with what the first schema has written. */
async function restore({ kind, location }: TestDatabase): Promise<Written> {
  const sql = await read(`${kind}.sql`)
  if (kind === 'sqlite') {
    const file = new DatabaseSync(join(location, 'writ.db'))
    file.exec(sql)
    file.close()
  } else {
    const client = new Client({ connectionString: location })
    await client.connect()
    await client.query(sql)
    await client.end()
  }
  return JSON.parse(await read(`${kind}.json`))
}

describe.each(await listDatabases())('a database of the first schema, %#', (create) => {
  it('is opened by this version with everything that it holds', async () => {
    const database = await create()
    onTestFinished(() => database.remove())
    const { publicKey, identity, kept, revokedId } = await restore(database)
    const folder = (await (await listDatabases())[0]?.()) as TestDatabase
    onTestFinished(() => folder.remove())
    const authority = await serveAuthority({
      folder: database.kind === 'sqlite' ? database.location : folder.location,
      ...(database.kind === 'sqlite' ? {} : { databaseUrl: database.location }),
      port: 0,
      now: () => NOW + 60,
      keyProvider: createLocalKeys({ masterKey: new Uint8Array(32).fill(7) }),
      report: () => undefined,
    })
    onTestFinished(() => authority.close())
    expect(await authority.publicKey()).toBe(publicKey)

    const refreshed = await fetch(`${authority.url}/v1/identities/refresh`, {
      method: 'POST',
      headers: { authorization: `Bearer ${identity}` },
    })
    expect([refreshed.status, ((await refreshed.json()) as { subject: string }).subject]).toEqual([
      200,
      'service:gateway',
    ])
    const feed = (await (await fetch(`${authority.url}/v1/revocations`)).json()) as { entries: { value: string }[] }
    expect(feed.entries.map(({ value }) => value)).toEqual([revokedId])
    const verifier = createVerifier({ keys: new Map([[1, publicKey]]), anchor: null, now: () => NOW + 60 })
    expect(await verifier.verify(kept, { resource: 'invoices', operation: 'read' })).toMatchObject({
      subject: 'service:gateway',
    })

    const store = await openStore(database.location)
    onTestFinished(() => store.close())
    const report = await verifyAudit(store, { trustedRoots: [publicKey] })
    expect([report.intact, report.faults]).toEqual([true, []])
    expect(report.records).toBeGreaterThan(10)
  })
})
