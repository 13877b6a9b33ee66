import { defineSchema } from '@writ/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policiesOf, type TablePolicy } from '../src/policies-of.ts'
import { SERVER } from './support/database.ts'
import { codeOf, createInvoices, type Invoices, inTransaction, present } from './support/invoices.ts'

const schema = defineSchema({
  invoices: {
    operations: {
      read: { required: ['tenantId'], optional: ['invoiceId'] },
      write: { required: ['tenantId'] },
      remove: { required: ['tenantId', 'invoiceId'] },
    },
  },
  'it\'s "odd\\': { operations: { 'do;': { required: ["o'k"] } } },
})

const invoices: TablePolicy = {
  columns: { tenantId: 'tenant_id', invoiceId: { column: 'id', type: 'integer' } },
  operations: { select: ['read'], insert: ['write'], update: ['write'], delete: ['remove'] },
}

describe.skipIf(SERVER === undefined)('policiesOf', () => {
  let db: Invoices

  beforeAll(async () => {
    db = await createInvoices(SERVER as string)
    await db.owner.query(
      'drop policy shown on invoices; drop policy changed on invoices; drop policy added on invoices',
    )
    const migration = policiesOf(schema, { 'public.invoices': invoices })
    await db.owner.query(migration)
    await db.owner.query(migration)
  })

  afterAll(() => db?.remove())

  const counts = async (tokens: readonly string[], statement: string) =>
    inTransaction(db.app, async (client) => {
      for (const token of tokens) await present(client, token)
      return (await client.query(statement)).rowCount
    })

  it('shows and changes what each operation permits', async () => {
    const write = await db.mint({ operation: 'write' })
    const remove = await db.mint({ operation: 'remove', designations: { tenantId: 'acme', invoiceId: '2' } })
    expect(await counts([], 'select from invoices')).toBe(0)
    expect(await counts([await db.mint()], 'select from invoices')).toBe(2)
    expect(await counts([await db.mint()], 'update invoices set total = 0 where id > 0')).toBe(0)
    expect(await counts([write], 'update invoices set total = 0 where id > 0')).toBe(2)
    expect(await counts([write], "insert into invoices values (9, 'acme', 1)")).toBe(1)
    expect(await codeOf(counts([write], "insert into invoices values (9, 'globex', 1)"))).toBe('42501')
    expect(await codeOf(counts([write], "update invoices set tenant_id = 'globex' where id = 1"))).toBe('42501')
    expect(await counts([write], 'delete from invoices where id > 0')).toBe(0)
    expect(await counts([remove], 'delete from invoices where id > 0')).toBe(1)
    // What may be changed is shown as well.
    expect(await counts([write], 'select from invoices')).toBe(2)
    expect(await counts([remove], 'select from invoices')).toBe(1)
  })

  it('compares an optional label only where the capability has it, and never more loosely for two', async () => {
    const of = (invoiceId: string) => db.mint({ designations: { tenantId: 'acme', invoiceId } })
    expect(await counts([await of('1')], 'select from invoices')).toBe(1)
    expect(await counts([await of('3')], 'select from invoices')).toBe(0)
    expect(await counts([await of('1'), await of('2')], 'select from invoices')).toBe(0)
    expect(await counts([await of('1'), await db.mint()], 'select from invoices')).toBe(0)
  })

  it('takes no text for a number that does not print as it', async () => {
    for (const invoiceId of ['01', ' 1', '1 ', '+1', '1.0', '-0', '1e0', 'one', '', '99999999999', '9'.repeat(40)]) {
      if (invoiceId === '') continue
      const token = await db.mint({ designations: { tenantId: 'acme', invoiceId } })
      expect({ invoiceId, count: await counts([token], 'select from invoices') }).toEqual({ invoiceId, count: 0 })
    }
  })

  it('quotes every name', async () => {
    await db.owner.query(
      `create schema "o'd""d"; create table "o'd""d"."t""b;" ("c""ol" text); insert into "o'd""d"."t""b;" values ('v')`,
    )
    const table = { target: 'it\'s "odd\\', columns: { "o'k": 'c"ol' }, operations: { select: ['do;'] } }
    await db.owner.query(policiesOf(schema, { 'o\'d"d.t"b;': table }))
    await db.owner.query(
      `grant usage on schema "o'd""d" to ${db.appRole}; grant select on "o'd""d"."t""b;" to ${db.appRole}`,
    )
    const token = await db.mint({ resource: 'it\'s "odd\\', operation: 'do;', designations: { "o'k": 'v' } })
    expect(await counts([token], `select from "o'd""d"."t""b;"`)).toBe(1)
    expect(await counts([], `select from "o'd""d"."t""b;"`)).toBe(0)
  })

  it('is evaluated once a query, and uses the index of the column', async () => {
    await db.owner.query(`
      insert into invoices select n, 'tenant' || n % 1000, n from generate_series(100, 20000) n; analyze invoices`)
    const token = await db.mint({ designations: { tenantId: 'tenant7' } })
    const plan = await inTransaction(db.app, async (client) => {
      await present(client, token)
      const { rows } = await client.query(
        'explain (analyze, costs off, timing off, summary off) select * from invoices',
      )
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toContain('Index')
    expect(plan).toContain('InitPlan 1')
    for (const line of plan.split('\n').filter((text) => /-> {2}.*(Result|Function Scan)/.test(text)))
      expect(line).toMatch(/loops=1\)|never executed/)
  })
})

describe('policiesOf', () => {
  const wrong =
    (table: Partial<Record<keyof TablePolicy, unknown>>, name = 'invoices') =>
    () =>
      policiesOf(schema, { [name]: { ...invoices, ...table } as TablePolicy })

  it('refuses what the schema does not know, and what has no column', () => {
    expect(wrong({ target: 'orders' })).toThrow('tables.invoices.target: the schema has no target "orders"')
    expect(wrong({ operations: { select: ['list'] } })).toThrow(
      'tables.invoices.operations: the schema has no operation "list"',
    )
    expect(wrong({ operations: { truncate: ['read'] } })).toThrow('tables.invoices.operations.truncate: must be one of')
    expect(wrong({ columns: { tenantId: 'tenant_id' } })).toThrow('tables.invoices.columns.invoiceId: is missing')
    expect(wrong({ columns: { ...invoices.columns, tenantId: { column: 'c', type: 'constructor' } } })).toThrow(
      'tables.invoices.columns.tenantId.type: must be one of text, integer, bigint, uuid',
    )
    expect(wrong({}, 'a.b.c')).toThrow('tables.a.b.c: must be the name of a table')
    expect(wrong({ target: 'invoices' }, `${'t'.repeat(64)}`)).toThrow('must not be longer than 63 bytes')
    expect(wrong({ role: '' })).toThrow('tables.invoices.role: must be a name')
  })
})
