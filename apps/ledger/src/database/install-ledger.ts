import { policiesOf, readMigration } from '@writ/postgres'
import { ANCHOR } from '../anchor.ts'
import { SCHEMA } from '../schema.ts'
import type { OpenOptions, Owner } from './ledger.ts'

const TABLES = `
  create table invoices (
    id integer generated always as identity (start 1001) primary key,
    tenant_id text not null,
    customer text not null,
    amount_cents bigint not null check (amount_cents > 0),
    currency text not null
  );
  create index on invoices (tenant_id);
  create table accounts (tenant_id text primary key, iban text not null);
`

const SAMPLES = `
  insert into invoices (tenant_id, customer, amount_cents, currency) values
    ('acme', 'Initech', 12000, 'EUR'), ('acme', 'Hooli', 4950, 'EUR'), ('globex', 'Umbrella', 880000, 'USD');
  insert into accounts values ('acme', 'DE02120300000000202051'), ('globex', 'DE02500105170137075030');
`

/** What a capability for invoices shows, and what may be written with one. Of accounts there is nothing to write. */
const POLICIES = policiesOf(SCHEMA, {
  invoices: {
    target: 'ledger.invoices',
    columns: { tenantId: 'tenant_id' },
    operations: { select: ['read'], insert: ['write'] },
  },
  accounts: { target: 'ledger.accounts', columns: { tenantId: 'tenant_id' }, operations: { select: ['read'] } },
})

/**
 * Prepares a database, unless that was done before, and has it trust the keys.
 *
 * @param role - The role that the service has in the database. It owns nothing.
 */
export async function installLedger(owner: Owner, role: string, { guarded, keys }: OpenOptions): Promise<void> {
  const [found] = await owner.query("select to_regclass('invoices') is not null as installed")
  if (found?.['installed'] !== true) {
    await owner.script(TABLES + SAMPLES)
    await owner.script(`grant select, insert on invoices to "${role}"; grant select on accounts to "${role}"`)
    if (guarded) await owner.script(await readMigration())
  }
  if (!guarded) return
  await owner.script(POLICIES)
  await owner.query('select writ.be($1)', [ANCHOR])
  for (const [id, key] of keys) await owner.query('select writ.trust($1, $2)', [key, id])
}
