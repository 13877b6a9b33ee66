// What row level security by capability costs a transaction: remembered tokens, and each way to prove a new one.
import { attenuate, generateKeyPair, mintCapability } from '@writ/core'
import { readMigration, withCapability } from '@writ/postgres'
import { Client, Pool } from 'pg'
import { median, ROUNDS } from '../support/measure.ts'
import { quick, reporter } from '../support/part.ts'
import { atMost } from '../support/rows.ts'

const SERVER = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
/** Transactions in a round. */
const RUNS = quick ? 5 : 100
const COLD_RUNS = quick ? 2 : 20
const TENANT = 'tenant7'
const name = `writ_bench_${process.pid}`
const report = reporter('postgres')

if (await isThere()) {
  try {
    await run(SERVER, `create database ${name}`, `create role ${name} login password 'bench'`)
    await measureIn(urlOf())
  } finally {
    await run(SERVER, `drop database if exists ${name} with (force)`, `drop role if exists ${name}`)
  }
} else {
  console.log('there is no PostgreSQL: its rows are left out')
}

async function measureIn(url: string): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair()
  await run(
    url,
    await readMigration(),
    `select writ.trust('${publicKey}')`,
    `create table plain (id int primary key, tenant_id text not null, total int not null);
    insert into plain select n, 'tenant' || n % 1000, n from generate_series(1, 20000) n;
    create index on plain (tenant_id);
    create table invoices (like plain including all);
    insert into invoices select * from plain;
    analyze plain; analyze invoices;
    alter table invoices enable row level security;
    create policy shown on invoices for select using (
      (select writ.allows('invoices', 'read', 'tenantId'))
      and tenant_id = (select writ.designation('tenantId', 'invoices', 'read')));
    grant select on plain, invoices to ${name}`,
  )
  const app = new Pool({ connectionString: urlOf(name), max: 1 })
  const mint = () =>
    mintCapability(
      { subject: 'alice', resource: 'invoices', operation: 'read', designations: { tenantId: TENANT } },
      privateKey,
    )
  const known = await mint()
  const without = async () => {
    const client = await app.connect()
    await client.query('begin')
    await client.query('select * from plain where tenant_id = $1', [TENANT])
    await client.query('commit')
    client.release()
  }
  const withToken = (token: string) => withCapability(app, token, (client) => client.query('select * from invoices'))

  const [bare, hot, ratios]: [number[], number[], number[]] = [[], [], []]
  for (let round = -1; round < ROUNDS; round++) {
    const one = await microsOf(without, RUNS)
    const other = await microsOf(() => withToken(known), RUNS)
    if (round < 0) continue
    bare.push(one)
    hot.push(other)
    ratios.push(other / one)
  }
  report({ name: 'without a capability', unit: 'µs', value: median(bare) })
  report({ name: 'a remembered token', unit: 'µs', value: median(hot), ratio: median(ratios), targets: [atMost(3)] })

  const minted = await Promise.all(Array.from({ length: COLD_RUNS }, mint))
  const narrowed = await Promise.all(
    minted.map((token) => attenuate(token, publicKey, { designations: { tenantId: TENANT }, expiresIn: '1m' })),
  )
  const ways = [
    ['a new token of 1 block', minted],
    ['a new token of 2 blocks', narrowed],
  ] as const
  for (const [way, tokens] of ways) {
    const rest = [...tokens]
    const micros = await microsOf(() => withToken(rest.pop() as string), tokens.length)
    report({ name: way, unit: 'µs', value: micros, ratio: micros / median(bare) })
  }

  const plan = await withCapability(app, known, async (client) => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      'explain (analyze, costs off, timing off, summary off) select * from invoices',
    )
    return rows.map((row) => row['QUERY PLAN'])
  })
  console.log(plan.join('\n'))
  await app.end()
}

/** The median of so many runs, one after the other. */
async function microsOf(work: () => Promise<unknown>, runs: number): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < runs; index++) {
    const start = performance.now()
    await work()
    times.push((performance.now() - start) * 1000)
  }
  return median(times)
}

async function isThere(): Promise<boolean> {
  return run(SERVER, 'select 1').then(
    () => true,
    () => false,
  )
}

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

/** The database of this run, as its owner or as a role. */
function urlOf(role?: string): string {
  const url = new URL(SERVER)
  url.pathname = name
  if (role !== undefined) {
    url.username = role
    url.password = 'bench'
  }
  return url.href
}
