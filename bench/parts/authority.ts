// What a mint costs an authority, with its record on disk, and how soon a revocation is known.

import { generateKeyPairSync, sign as signBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServedAuthority, serveAuthority } from '@writ/authority'
import { generateKeyPair } from '@writ/core'
import { createEngine, parsePolicy } from '@writ/engine'
import { Client } from 'pg'
import { inFlight, measure, type Subject } from '../support/measure.ts'
import { reporter } from '../support/part.ts'

const BATCH = 100
const NO_LIMIT = { burst: 1e9, perSecond: 1e9 }
const POLICY = `
[[objects]]
id = "service:gateway"
capabilities = [{ target = "invoices", operations = ["read"] }]
`
const SERVER = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const right = { target: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }

const report = reporter('authority')
const folder = await mkdtemp(join(tmpdir(), 'writ-bench-'))
const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })]
try {
  const subjects = [...(await raw()), ...(await over('SQLite', {})), ...(await onPostgres())]
  const measured = await measure(subjects)
  for (const [name, { micros, ratio }] of measured) report({ name, unit: 'µs', value: micros, ratio })
} finally {
  for (const close of closing.reverse()) await close()
}

/** What of it nobody can do without: a signature, and a mint without a record. */
async function raw(): Promise<readonly Subject[]> {
  const { privateKey } = generateKeyPairSync('ed25519')
  const bytes = Buffer.alloc(300, 1)
  const engine = createEngine({ policy: parsePolicy(POLICY), keys: await generateKeyPair() })
  return [
    { name: 'sign 300 bytes', run: () => signBytes(null, bytes, privateKey), sync: true },
    { name: 'engine.mint, without a record', run: () => engine.mint({ ...right, subject: 'service:gateway' }) },
  ]
}

/** An authority that listens: its HTTP, its checks, its transaction. */
async function over(store: string, options: { readonly databaseUrl?: string }): Promise<readonly Subject[]> {
  const limits = { address: NO_LIMIT, credential: NO_LIMIT, subject: NO_LIMIT }
  const authority = await serveAuthority({ folder, port: 0, initial: { policy: POLICY }, limits, ...options })
  closing.push(() => authority.close())
  const token = await identityOf(authority)
  const post = async (body: object): Promise<void> => {
    const response = await fetch(`${authority.url}/v1/capabilities`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${store}: ${response.status}: ${await response.text()}`)
    await response.arrayBuffer()
  }
  const requests = Array(BATCH).fill(right)
  return [
    { name: `${store}: one mint over HTTP`, run: () => post(right) },
    { name: `${store}: one of 16 at once`, ...inFlight(() => post(right)) },
    { name: `${store}: one of a batch of ${BATCH}`, run: () => post({ requests }), calls: BATCH, runs: 3 },
  ]
}

async function identityOf(authority: ServedAuthority): Promise<string> {
  const { secret } = await authority.enrol({ subject: 'service:gateway' })
  const response = await fetch(`${authority.url}/v1/identities`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret }),
  })
  return ((await response.json()) as { identity: string }).identity
}

async function onPostgres(): Promise<readonly Subject[]> {
  const name = `writ_bench_${process.pid}`
  const run = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: SERVER, connectionTimeoutMillis: 1000 })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  try {
    await run(`create database ${name}`)
  } catch {
    console.log('there is no PostgreSQL: its rows are left out')
    return []
  }
  closing.push(() => run(`drop database ${name} with (force)`))
  const location = new URL(SERVER)
  location.pathname = name
  return over('PostgreSQL', { databaseUrl: location.href })
}
