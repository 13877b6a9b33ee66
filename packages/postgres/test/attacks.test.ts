import type { PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SERVER } from './support/database.ts'
import { codeOf, createInvoices, type Invoices, inTransaction, present, shown } from './support/invoices.ts'

const setting = async (client: PoolClient) =>
  (await client.query<{ value: string }>("select current_setting('writ.session', true) as value")).rows[0]?.value

/** What would show globex's invoices, if it were believed. */
const FORGED = JSON.stringify([
  { subject: 'mallory', resource: 'invoices', operation: 'read', expires: 9e9, designations: { tenantId: 'globex' } },
])

describe.skipIf(SERVER === undefined)('row level security by capability', () => {
  let db: Invoices
  let acme: string
  let globex: string

  beforeAll(async () => {
    db = await createInvoices(SERVER as string)
    acme = await db.mint()
    globex = await db.mint({ subject: 'bob', designations: { tenantId: 'globex' } })
  })

  afterAll(() => db?.remove())

  it('shows what the capability names, and nothing without one', async () => {
    expect(await shown(db.app)).toEqual([])
    expect(await inTransaction(db.app, (client) => present(client, acme).then(() => shown(client)))).toEqual([1, 2])
    expect(await inTransaction(db.app, (client) => present(client, globex).then(() => shown(client)))).toEqual([3])
  })

  it('believes no setting that somebody else has written', async () => {
    for (const forged of [FORGED, `${'0'.repeat(64)} ${FORGED}`, ` ${FORGED}`, '', 'x'.repeat(70), '[]']) {
      const rows = await inTransaction(db.app, async (client) => {
        await client.query("select set_config('writ.session', $1, true)", [forged])
        return shown(client)
      })
      expect({ forged, rows }).toEqual({ forged, rows: [] })
    }
  })

  it('believes no setting whose claims were changed', async () => {
    await inTransaction(db.app, async (client) => {
      await present(client, acme)
      const changed = (await setting(client))?.replace('acme', 'globex')
      await client.query("select set_config('writ.session', $1, true)", [changed])
      expect(await shown(client)).toEqual([])
    })
  })

  it('believes no setting of an earlier transaction, on the same connection or another', async () => {
    const client = await db.app.connect()
    const other = await db.app.connect()
    try {
      await client.query('begin')
      await present(client, globex)
      const replayed = await setting(client)
      await other.query('begin')
      await other.query("select set_config('writ.session', $1, true)", [replayed])
      expect(await shown(other)).toEqual([])
      await other.query('rollback')
      await client.query('commit')
      expect(await shown(client)).toEqual([])

      await client.query("select set_config('writ.session', $1, false)", [replayed])
      expect(await shown(client)).toEqual([])
      await client.query('begin')
      expect(await shown(client)).toEqual([])
      await present(client, acme)
      expect(await shown(client)).toEqual([1, 2])
      await client.query('commit')
    } finally {
      client.release(true)
      other.release(true)
    }
  })

  it('keeps to the capability after set role, and shows nothing after reset', async () => {
    const role = `${db.appRole}_other`
    await db.owner.query(`create role ${role}; grant select on invoices to ${role}; grant ${role} to ${db.appRole}`)
    try {
      await inTransaction(db.app, async (client) => {
        await present(client, acme)
        await client.query(`set local role ${role}`)
        expect(await shown(client)).toEqual([1, 2])
        await client.query('reset role')
        expect(await shown(client)).toEqual([1, 2])
        await client.query('reset writ.session')
        expect(await shown(client)).toEqual([])
      })
    } finally {
      await db.owner.query(`revoke all on invoices from ${role}; drop role ${role}`)
    }
  })

  it('believes no setting that a function sets for itself', async () => {
    // As the owner: nobody else may give a function a setting that no extension has declared.
    await db.owner.query(`
      create function ids() returns setof int language sql set writ.session = '${FORGED}' as 'select id from invoices'`)
    try {
      await inTransaction(db.app, async (client) => {
        await present(client, acme)
        expect((await client.query('select * from ids()')).rows).toEqual([])
        await client.query(`create function pg_temp.ids() returns setof int language plpgsql as $$ begin
          set local writ.session = '${FORGED}'; return query select id from public.invoices; end $$`)
        expect((await client.query('select * from pg_temp.ids()')).rows).toEqual([])
      })
    } finally {
      await db.owner.query('drop function ids')
    }
  })

  it('forgets what was presented after a savepoint, with the savepoint', async () => {
    await inTransaction(db.app, async (client) => {
      await client.query('savepoint before')
      await present(client, acme)
      expect(await shown(client)).toEqual([1, 2])
      await client.query('rollback to before')
      expect(await shown(client)).toEqual([])
    })
  })

  it('decides anew for each execution of a prepared statement', async () => {
    const client = await db.app.connect()
    try {
      await client.query('set plan_cache_mode = force_generic_plan; prepare ids as select id from invoices order by id')
      const ids = async () => (await client.query<{ id: number }>('execute ids')).rows.map(({ id }) => id)
      for (const [token, expected] of [
        [acme, [1, 2]],
        [globex, [3]],
        [undefined, []],
        [acme, [1, 2]],
      ] as const) {
        await client.query('begin')
        if (token !== undefined) await present(client, token)
        expect(await ids()).toEqual(expected)
        await client.query('commit')
      }
    } finally {
      client.release(true)
    }
  })

  it('shows through a cursor what its own transaction had presented', async () => {
    const client = await db.app.connect()
    const fetched = async () => (await client.query<{ id: number }>('fetch all from held')).rows.map(({ id }) => id)
    try {
      await client.query('begin')
      await present(client, acme)
      await client.query('declare held cursor with hold for select id from invoices order by id')
      await client.query('commit')
      await client.query('begin')
      await present(client, globex)
      // Documented: a held cursor is a copy that its connection keeps. Poolers in transaction mode must not allow it.
      expect(await fetched()).toEqual([1, 2])
      await client.query('commit')
    } finally {
      client.release(true)
    }
  })

  it('applies inside functions that run as their definer, unless the definer is above policies', async () => {
    const definer = `${db.appRole}_definer`
    await db.owner.query(
      `create role ${definer}; grant select on invoices to ${definer}; grant create on schema public to ${definer}`,
    )
    await db.owner.query(`
      create function as_plain() returns bigint language sql security definer set search_path = public as 'select count(*) from invoices';
      create function as_superuser() returns bigint language sql security definer set search_path = public as 'select count(*) from invoices';
      alter function as_plain() owner to ${definer}`)
    try {
      const counts = await inTransaction(db.app, async (client) => {
        await present(client, acme)
        return (await client.query('select as_plain() as plain, as_superuser() as superuser')).rows[0]
      })
      // Documented: a function of a superuser, or of a role with BYPASSRLS, sees all.
      expect(counts).toEqual({ plain: '2', superuser: '3' })
    } finally {
      await db.owner.query(`drop function as_plain, as_superuser; drop owned by ${definer}; drop role ${definer}`)
    }
  })

  it('calls nothing that the search path of the caller puts in front', async () => {
    await db.owner.query(`create schema evil authorization ${db.appRole}`)
    try {
      await inTransaction(db.app, async (client) => {
        await client.query(`
          create function evil.never(text, text) returns boolean language sql immutable as 'select false';
          create operator evil.<> (leftarg = text, rightarg = text, function = evil.never);
          create function evil.always(text, text) returns boolean language sql immutable as 'select true';
          create operator evil.= (leftarg = text, rightarg = text, function = evil.always);
          create function evil.pg_backend_pid() returns int language sql as 'select 1';
          create function evil.transaction_timestamp() returns timestamptz language sql as $$ select 'epoch'::timestamptz $$;
          create function evil.sha256(bytea) returns bytea language sql as 'select $1';
          create temp table secret (inner_key bytea, outer_key bytea);
          set local search_path = evil, pg_temp, pg_catalog, public`)
        await client.query("select set_config('writ.session', $1, true)", [`${'0'.repeat(64)} ${FORGED}`])
        expect(await shown(client)).toEqual([])
        await present(client, acme)
        const { rows } = await client.query("select writ.designation('tenantId') as tenant")
        expect(rows).toEqual([{ tenant: 'acme' }])
      })
    } finally {
      await db.owner.query('drop schema evil cascade')
    }
  })

  it('lets only the owner read the tables, or call what is internal', async () => {
    const forbidden = [
      'select * from writ.secret',
      'select * from writ.proofs',
      'select * from writ.keys',
      'insert into writ.keys (public_key) values (sha256($$mallory$$))',
      'delete from writ.revocations',
      'update writ.settings set anchor = null',
      "select writ.session_mac('{}')",
      'select writ.session()',
      'select writ.rotate_secret()',
      "select writ.trust('ed25519/00')",
      'create function writ.seconds() returns bigint language sql as $$ select 0 $$',
    ]
    for (const statement of forbidden) {
      expect({ statement, code: await codeOf(db.app.query(statement)) }).toEqual({ statement, code: '42501' })
    }
    const { rows } = await db.owner.query(`
      select proname from pg_proc where pronamespace = 'writ'::regnamespace and has_function_privilege('public', oid, 'execute')
      order by 1`)
    expect(new Set(rows.map(({ proname }) => proname))).toEqual(
      new Set(['present', 'pre_request', 'allows', 'designation', 'names', 'subject']),
    )
  })

  it('pins the search path of every function that it does not inline', async () => {
    const { rows } = await db.owner.query(`
      select proname from pg_proc where pronamespace = 'writ'::regnamespace
      and proconfig is distinct from array['search_path=pg_catalog, pg_temp']`)
    expect(rows).toEqual([{ proname: 'seconds' }])
  })

  it('keeps two tenants of one session apart', async () => {
    const client = await db.app.connect()
    try {
      for (const [token, expected] of [
        [acme, [1, 2]],
        [globex, [3]],
        [acme, [1, 2]],
      ] as const) {
        await client.query('begin')
        await present(client, token)
        expect(await shown(client)).toEqual(expected)
        await client.query('commit')
        expect(await shown(client)).toEqual([])
      }
    } finally {
      client.release()
    }
  })

  it('does not bind the owner of a table, unless row level security is forced', async () => {
    const owner = `${db.appRole}_owner`
    await db.owner.query(
      `create role ${owner}; grant ${owner} to ${db.appRole}; alter table invoices owner to ${owner}`,
    )
    const asOwner = () =>
      inTransaction(db.app, (client) => client.query(`set local role ${owner}`).then(() => shown(client)))
    try {
      // Documented.
      expect(await asOwner()).toEqual([1, 2, 3])
      await db.owner.query('alter table invoices force row level security')
      expect(await asOwner()).toEqual([])
    } finally {
      await db.owner.query(
        `alter table invoices no force row level security; alter table invoices owner to current_user; drop role ${owner}`,
      )
    }
  })

  it('binds a view with security_invoker, and not one without', async () => {
    const { rows: version } = await db.owner.query(
      "select current_setting('server_version_num')::int >= 150000 as has_invoker",
    )
    await db.owner.query(`create view seen as select * from invoices; grant select on seen to ${db.appRole}`)
    if (version[0]?.has_invoker)
      await db.owner.query(`
      create view seen_as_invoker with (security_invoker) as select * from invoices; grant select on seen_as_invoker to ${db.appRole}`)
    try {
      await inTransaction(db.app, async (client) => {
        await present(client, acme)
        // Documented: a view reads its tables as its owner.
        expect((await client.query('select id from seen')).rowCount).toBe(3)
        if (version[0]?.has_invoker) expect((await client.query('select id from seen_as_invoker')).rowCount).toBe(2)
      })
    } finally {
      await db.owner.query('drop view if exists seen, seen_as_invoker')
    }
  })

  it('binds COPY', async () => {
    await inTransaction(db.app, async (client) => {
      await present(client, acme)
      expect((await client.query('copy invoices to stdout')).rowCount).toBe(2)
      expect((await client.query('copy (select * from invoices) to stdout')).rowCount).toBe(2)
    })
  })

  it('hands no hidden row to a function in the condition of a query', async () => {
    await inTransaction(db.app, async (client) => {
      const leaked: string[] = []
      client.on('notice', ({ message }) => leaked.push(message ?? ''))
      await client.query(`
        create function pg_temp.leak(text) returns boolean language plpgsql cost 0.0000001
        as 'begin raise notice ''%'', $1; return true; end'`)
      await present(client, acme)
      await client.query('select id from invoices where pg_temp.leak(tenant_id)')
      expect(leaked).toEqual(['acme', 'acme'])
      client.removeAllListeners('notice')
    })
  })

  it('permits no other operation than that of the capability', async () => {
    const writer = await db.mint({ operation: 'write' })
    await inTransaction(db.app, async (client) => {
      await present(client, acme)
      expect((await client.query('update invoices set total = 0')).rowCount).toBe(0)
      expect((await client.query('delete from invoices')).rowCount).toBe(0)
      expect(await codeOf(client.query("insert into invoices values (9, 'acme', 1)"))).toBe('42501')
    })
    await inTransaction(db.app, async (client) => {
      await present(client, writer)
      // An UPDATE with a condition also needs a policy that shows the rows: `policiesOf` writes one.
      expect((await client.query('update invoices set total = 0 where id = 1')).rowCount).toBe(0)
      expect((await client.query("insert into invoices values (9, 'acme', 1)")).rowCount).toBe(1)
      expect(await codeOf(client.query("insert into invoices values (10, 'globex', 1)"))).toBe('42501')
    })
    await inTransaction(db.app, async (client) => {
      await present(client, writer)
      await present(client, acme)
      expect((await client.query('update invoices set total = 0')).rowCount).toBe(2)
      await client.query('savepoint before')
      expect(await codeOf(client.query("update invoices set tenant_id = 'globex'"))).toBe('42501')
    })
  })

  it('shows nothing for a label that the policy does not compare', async () => {
    const one = await db.mint({ designations: { tenantId: 'acme', invoiceId: '1' } })
    const all = await db.mint({ designations: {} })
    for (const token of [one, all]) {
      expect(await inTransaction(db.app, (client) => present(client, token).then(() => shown(client)))).toEqual([])
    }
  })

  it('evaluates in the leader of a parallel plan', async () => {
    const { rows } = await db.owner.query(
      `select name from pg_settings where name in ('force_parallel_mode', 'debug_parallel_query')`,
    )
    await inTransaction(db.app, async (client) => {
      await client.query(
        `set local ${rows[0]?.name} = on; set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0`,
      )
      await client.query('set local min_parallel_table_scan_size = 0')
      await present(client, acme)
      expect(await shown(client)).toEqual([1, 2])
    })
  })

  it('is hidden by a temporary table that a connection keeps, unless the role may make none', async () => {
    const client = await db.app.connect()
    const readBack = async () => {
      await client.query('create temporary table invoices (id int, tenant_id text, total int)')
      await client.query('begin')
      await present(client, globex)
      const rows = await shown(client)
      await client.query('rollback')
      return rows
    }
    try {
      expect(await readBack()).toEqual([])
      await client.query('discard all')
      await db.owner.query(`revoke temporary on database ${new URL(db.ownerUrl).pathname.slice(1)} from public`)
      expect(await codeOf(readBack())).toBe('42501')
      await client.query('begin')
      await present(client, globex)
      expect(await shown(client)).toEqual([3])
      await client.query('rollback')
    } finally {
      client.release()
    }
  })
})
