import { PGlite } from '@electric-sql/pglite'
import { attenuate, CapabilityError, generateKeyPair, mintCapability, seal } from '@writ/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runs } from '../../core/test/support/runs.ts'
import { readMigration } from '../src/read-migration.ts'
import { withCapability } from '../src/with-capability.ts'
import { agree, prepareAgreement } from './support/agree.ts'

describe('PGlite', () => {
  it('agrees with core about every token, on its own version of PostgreSQL', { timeout: 120_000 }, async () => {
    const db = new PGlite()
    await db.exec(await readMigration())
    await prepareAgreement(db)
    const seen = await agree(db, null, runs(600), 3)
    expect(seen.get('accepted') ?? 0).toBeGreaterThan(5)
    await db.close()
  })

  const db = new PGlite()
  let publicKey: string
  let privateKey: string

  beforeAll(async () => {
    const pair = await generateKeyPair()
    publicKey = pair.publicKey
    privateKey = pair.privateKey
    await db.exec(await readMigration())
    await db.query('select writ.trust($1)', [publicKey])
    await db.exec(`
      create table invoices (id int, tenant_id text);
      insert into invoices values (1, 'acme'), (2, 'acme'), (3, 'globex');
      alter table invoices enable row level security;
      create policy shown on invoices using (
        (select writ.allows('invoices', 'read', 'tenantId')) and tenant_id = (select writ.designation('tenantId')));
      create role app; grant select on invoices to app; set role app`)
  }, 60_000)

  afterAll(() => db.close())

  const ids = (token: string) =>
    withCapability(db, token, async (transaction) =>
      (await transaction.query<{ id: number }>('select id from invoices order by id')).rows.map(({ id }) => id),
    )

  it('shows nothing to a superuser, whom policies do not bind, and commits nothing of what it did', async () => {
    const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, privateKey)
    const own = new PGlite()
    await own.exec(await readMigration())
    await own.query('select writ.trust($1)', [publicKey])
    await own.exec('create table notes (text text); create role app; grant all on notes to app')
    const write = (role: string) =>
      withCapability(own, token, async (transaction) => {
        await transaction.exec(`set local role ${role}; insert into notes values ('kept')`)
        return 'shown'
      })
    await expect(write('postgres')).rejects.toThrow(/^database: row level security does not bind its role/)
    expect((await own.query('select * from notes')).rows).toEqual([])
    expect(await write('app')).toBe('shown')
    await own.close()
  })

  it('shows what the capability names, with the same schema', async () => {
    const right = { subject: 'alice', resource: 'invoices', operation: 'read' }
    const token = await mintCapability(right, privateKey)
    const acme = await attenuate(token, publicKey, { designations: { tenantId: 'acme' } })
    expect(await ids(acme)).toEqual([1, 2])
    expect(await ids(await seal(acme, publicKey))).toEqual([1, 2])
    expect(await ids(token)).toEqual([])
    expect((await db.query('select id from invoices')).rows).toEqual([])
    const refused = ids(acme.replace(/.{9}$/, 'AAAAAAAA='))
    await expect(refused).rejects.toBeInstanceOf(CapabilityError)
  })
})
