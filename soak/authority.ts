// An authority that is killed again and again while it mints and revokes, on SQLite, and as two processes on one PostgreSQL: whatever
// it has acknowledged is in the audit and in the feed, the chain has no gap and no fork, and nothing is left half done.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openStore, type Store, verifyAudit } from '@writ/authority'
import { revocationIds } from '@writ/core'
import { Client } from 'pg'
import { type AuthorityProcess, adminIdentity, ask, startAuthority } from './support/authority-process.ts'
import { anySeed, fail, failOnStrays, readNumbers } from './support/options.ts'
import { Random } from './support/random.ts'

const WORKERS = 8
const POLICY = `
[[objects]]
id = "service:authority"

[[objects]]
id = "admin"
capabilities = [
  { target = "authority.identities", operations = ["mint"], anchor = "service:authority" },
  { target = "authority.revocations", operations = ["write"], anchor = "service:authority" },
]

[[objects]]
id = "worker"
subordinates = "inherit"
capabilities = [{ target = "invoices", operations = ["read"] }]
`
const SERVER = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'

failOnStrays()
const { kills, seed = anySeed() } = readNumbers({ kills: 100, seed: undefined })
console.log(`seed ${seed}`)
const random = new Random(seed)

await onSqlite()
await onPostgres()

async function onSqlite(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-soak-'))
  await killing('SQLite', 1, folder, folder)
  await rm(folder, { recursive: true })
}

async function onPostgres(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-soak-'))
  const name = `writ_soak_${process.pid}`
  const run = async (statement: string) => {
    const client = new Client({ connectionString: SERVER })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  try {
    await run(`create database ${name}`)
  } catch (error) {
    if (process.env['DATABASE_URL'] !== undefined) throw error
    console.log('skipped: there is no PostgreSQL')
    return
  }
  const location = new URL(SERVER)
  location.pathname = name
  await killing('PostgreSQL, two processes', 2, folder, location.href)
  await run(`drop database ${name} with (force)`)
  await rm(folder, { recursive: true })
}

/** What was acknowledged, and not checked yet. */
interface Acknowledged {
  readonly minted: Set<string>
  readonly revoked: Set<string>
}

async function killing(name: string, processes: number, folder: string, location: string): Promise<void> {
  const policy = join(folder, 'policy.toml')
  await writeFile(policy, POLICY)
  const environment = {
    WRIT_DATA: folder,
    WRIT_POLICY: policy,
    WRIT_TRUST_PROXY: '1',
    ...(location === folder ? {} : { DATABASE_URL: location }),
  }
  const running: AuthorityProcess[] = []
  for (let index = 0; index < processes; index++) running.push(await startAuthority(environment))
  const first = running[0] as AuthorityProcess
  const trustedRoots = [first.publicKey]
  const admin = await adminIdentity(first.url, folder)
  const revoker = await mint(first.url, admin, 'authority.revocations', 'write')
  const minter = await mint(first.url, admin, 'authority.identities', 'mint')
  const identities: string[] = []
  for (let index = 0; index < WORKERS; index++) {
    const answer = await ask(first.url, '/v1/identities/subjects', {
      token: minter,
      body: { subject: `worker:${index}` },
    })
    if (answer?.status !== 200) fail('no identity is minted', { answer })
    identities.push(answer?.body.identity)
  }

  const waiting: Acknowledged = { minted: new Set(), revoked: new Set() }
  const total = { minted: 0, revoked: 0, unanswered: 0 }
  let working = true
  const workers = identities.map(async (token) => {
    while (working) await work(random.pick(running).url, token, revoker, waiting, total)
  })
  const store = await openStore(location)
  for (let killed = 0; killed < kills / 2; killed++) {
    await setTimeout(20 + random.below(300))
    const victim = random.below(processes)
    await (running[victim] as AuthorityProcess).kill()
    const restarted = await startAuthority(environment)
    running[victim] = restarted
    await check(name, store, restarted.url, waiting)
    if (killed % 10 === 9) await verify(name, store, trustedRoots)
  }
  working = false
  await Promise.all(workers)
  await check(name, store, (running[0] as AuthorityProcess).url, waiting)
  const records = await verify(name, store, trustedRoots)
  await assertEachRecorded(name, store)
  await store.close()
  for (const each of running) await each.kill()
  const { minted, revoked, unanswered } = total
  if (minted === 0 || revoked === 0 || unanswered === 0) fail('nothing was interrupted', { name, ...total, seed })
  console.log(
    `${name}: killed ${Math.ceil(kills / 2)} times; ${minted} mints and ${revoked} revocations acknowledged, ${unanswered} requests without an answer; ${records} records verify`,
  )
}

async function mint(url: string, token: string, target: string, operation: string): Promise<string> {
  const answer = await ask(url, '/v1/capabilities', { token, body: { target, operation, expiresIn: 3600 } })
  if (answer?.status !== 200) fail('no capability is minted', { answer })
  return answer?.body.capability
}

async function work(
  url: string,
  token: string,
  revoker: string,
  waiting: Acknowledged,
  total: { minted: number; revoked: number; unanswered: number },
): Promise<void> {
  const answer = await ask(url, '/v1/capabilities', { token, body: { target: 'invoices', operation: 'read' } })
  if (answer === undefined || answer.status === 503) {
    total.unanswered++
    // The process may be starting.
    return setTimeout(5)
  }
  if (answer.status !== 200) fail('a mint is refused', { answer, seed })
  const [id = ''] = revocationIds(answer.body.capability)
  waiting.minted.add(id)
  total.minted++
  if (random.chance(70)) return
  const revoked = await ask(url, '/v1/revocations', { token: revoker, body: { revocationId: id } })
  if (revoked?.status === 200) {
    waiting.revoked.add(id)
    total.revoked++
  } else if (revoked !== undefined && revoked.status !== 503) fail('a revocation is refused', { revoked, seed })
}

/** Everything that was acknowledged up to now is in the audit and is served. */
async function check(name: string, store: Store, url: string, waiting: Acknowledged): Promise<void> {
  const [minted, revoked] = [[...waiting.minted], [...waiting.revoked]]
  const recorded = await store.read((query) =>
    query
      .selectFrom('audit')
      .select(['revocation_id', 'kind'])
      .where('revocation_id', 'in', ['', ...minted, ...revoked])
      .where('decision', '=', 'allowed')
      .execute(),
  )
  const has = new Set(recorded.map(({ kind, revocation_id }) => `${kind} ${revocation_id}`))
  for (const id of minted) {
    if (!has.has(`capability.minted ${id}`)) fail('an acknowledged mint has no record', { name, id, seed })
    waiting.minted.delete(id)
  }
  const served = await readFeed(url)
  for (const id of revoked) {
    if (!has.has(`token.revoked ${id}`)) fail('an acknowledged revocation has no record', { name, id, seed })
    if (!served.has(id)) fail('an acknowledged revocation is not served', { name, id, seed })
    waiting.revoked.delete(id)
  }
}

async function readFeed(url: string): Promise<ReadonlySet<string>> {
  const served = new Set<string>()
  for (let after = 0; ; ) {
    const page = await ask(url, `/v1/revocations?after=${after}`)
    if (page?.status !== 200) fail('the feed is not served', { page, seed })
    for (const { sequence, value } of page?.body.entries ?? []) {
      served.add(value)
      after = sequence
    }
    if (!page?.body.more) return served
  }
}

async function verify(name: string, store: Store, trustedRoots: readonly string[]): Promise<number> {
  const report = await verifyAudit(store, { trustedRoots })
  if (!report.intact) fail('the audit does not verify', { name, faults: report.faults, seed })
  return report.records
}

/** No token without its record, and no revocation without one. */
async function assertEachRecorded(name: string, store: Store): Promise<void> {
  const unrecorded = await store.read((query) =>
    query
      .selectFrom('tokens')
      .leftJoin('audit', (join) =>
        join.onRef('audit.revocation_id', '=', 'tokens.id').on('audit.decision', '=', 'allowed'),
      )
      .select('tokens.id')
      .where('audit.sequence', 'is', null)
      .execute(),
  )
  if (unrecorded.length > 0) fail('a token has no record', { name, unrecorded, seed })
}
