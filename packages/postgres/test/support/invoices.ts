import { generateKeyPair, type MintCapabilityOptions, mintCapability } from '@writ/core'
import type { Pool, PoolClient } from 'pg'
import { createDatabase, type TestDatabase } from './database.ts'

/** A database with invoices of two tenants, which policies show by capability. */
export interface Invoices extends TestDatabase {
  readonly publicKey: string
  /** Mints a capability; by default alice's, to read acme's invoices. */
  mint(options?: Partial<MintCapabilityOptions>): Promise<string>
}

export async function createInvoices(url: string): Promise<Invoices> {
  const database = await createDatabase(url)
  const { publicKey, privateKey } = await generateKeyPair()
  await database.owner.query('select writ.trust($1)', [publicKey])
  await database.owner.query(`
    create table invoices (id int primary key, tenant_id text not null, total int not null);
    create index on invoices (tenant_id);
    insert into invoices values (1, 'acme', 10), (2, 'acme', 20), (3, 'globex', 30);
    alter table invoices enable row level security;
    create policy shown on invoices for select using (
      (select writ.allows('invoices', 'read', 'tenantId'))
      and tenant_id = (select writ.designation('tenantId', 'invoices', 'read')));
    create policy changed on invoices for update using (
      (select writ.allows('invoices', 'write', 'tenantId'))
      and tenant_id = (select writ.designation('tenantId', 'invoices', 'write')));
    create policy added on invoices for insert with check (
      (select writ.allows('invoices', 'write', 'tenantId'))
      and tenant_id = (select writ.designation('tenantId', 'invoices', 'write')));
    grant select, insert, update, delete on invoices to ${database.appRole}`)
  return {
    ...database,
    publicKey,
    mint: (options) =>
      mintCapability(
        { subject: 'alice', resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' }, ...options },
        privateKey,
      ),
  }
}

/** The ids of the invoices that are shown. */
export async function shown(client: Pool | PoolClient): Promise<readonly number[]> {
  const { rows } = await client.query<{ id: number }>('select id from invoices order by id')
  return rows.map(({ id }) => id)
}

/** Runs in a transaction of a client of its own, and rolls back. */
export async function inTransaction<T>(pool: Pool, run: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    return await run(client)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

export async function present(client: PoolClient, token: string): Promise<void> {
  await client.query('select writ.present($1)', [token])
}

/** The code of an error of the database: that of a refusal, or its SQLSTATE. */
export async function codeOf(run: Promise<unknown>): Promise<string> {
  const error: { code?: string; message?: string } = await run.then(
    () => ({ message: 'no error' }),
    (thrown) => thrown,
  )
  return error.code === undefined || error.code === '28W00' ? (error.message ?? '').replace('writ: ', '') : error.code
}
