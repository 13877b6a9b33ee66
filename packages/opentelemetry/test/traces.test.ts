import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { trace } from '@opentelemetry/api'
import { serveAuthority } from '@writ/authority'
import { createClient } from '@writ/client'
import { generateKeyPair } from '@writ/core'
import { createEngine, parsePolicy } from '@writ/engine'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { recordActs, traceClient, traceEngine } from '../src/index.ts'
import { installTelemetry, type Telemetry } from './support/telemetry.ts'

const POLICY = `
[[objects]]
id = "service:orders"
capabilities = [{ target = "stock", operations = ["reserve"], left_to_holder = ["tenantId"] }]
`

let telemetry: Telemetry
beforeEach(() => {
  telemetry = installTelemetry()
})
afterEach(() => telemetry.remove())

const recorded = () => telemetry.spans().map(({ name, attributes, failed }) => ({ name, attributes, failed }))

it('an engine records what it mints, and of what it refuses the step and the code alone', async () => {
  const engine = traceEngine(createEngine({ policy: parsePolicy(POLICY), keys: await generateKeyPair() }))
  const right = { subject: 'service:orders', target: 'stock', operation: 'reserve' }
  await engine.mint({ ...right, designations: { tenantId: 'acme' } })
  await expect(engine.mint({ ...right, target: 'gold of mallory' })).rejects.toMatchObject({ code: 'not_granted' })
  await expect(engine.mint({ ...right, subject: 'mallory' })).rejects.toMatchObject({ code: 'unknown_subject' })
  await engine.mintIdentity({ subject: 'service:orders' })
  await expect(engine.mint(undefined as never)).rejects.toThrow(TypeError)

  const act = { 'writ.act': 'mint' }
  const refused = { ...act, 'writ.decision': 'refused' }
  expect(recorded()).toEqual([
    {
      name: 'writ.mint',
      attributes: { ...act, 'writ.decision': 'allowed', 'writ.resource': 'stock', 'writ.operation': 'reserve' },
      failed: false,
    },
    { name: 'writ.mint', attributes: { ...refused, 'writ.step': 'policy', 'writ.code': 'not_granted' }, failed: false },
    {
      name: 'writ.mint',
      attributes: { ...refused, 'writ.step': 'subject', 'writ.code': 'unknown_subject' },
      failed: false,
    },
    {
      name: 'writ.mintIdentity',
      attributes: { 'writ.act': 'mintIdentity', 'writ.decision': 'allowed' },
      failed: false,
    },
    { name: 'writ.mint', attributes: { ...act, 'writ.decision': 'failed' }, failed: true },
  ])
  const counts = await telemetry.points('writ.engine.decisions')
  expect(counts.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1])
  const everything = await telemetry.everything()
  for (const value of ['mallory', 'acme', 'service:orders']) expect(everything).not.toContain(value)
})

it('a client and an authority record each act, and the trace goes on to the service that is called', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'writ-telemetry-'))
  const authority = await serveAuthority({ folder, port: 0, initial: { policy: POLICY }, onAct: recordActs() })
  const heard: (string | undefined)[] = []
  const inventory = createServer((request, response) => {
    heard.push(request.headers['traceparent'] as string | undefined)
    response.writeHead(heard.length === 1 ? 204 : 403).end()
  }).listen(0, '127.0.0.1')
  await once(inventory, 'listening')
  onTestFinished(async () => {
    inventory.close()
    await authority.close()
    await rm(folder, { recursive: true })
  })
  const secret = async () => (await authority.enrol({ subject: 'service:orders' })).secret
  const client = traceClient(
    createClient({ url: authority.url, keys: await authority.publicKey(), identity: { secret } }),
  )
  onTestFinished(client.close)
  const capability = { target: 'stock', operation: 'reserve', designations: { tenantId: 'acme' } }
  const { port } = inventory.address() as { port: number }
  const call = () => client.fetch(`http://127.0.0.1:${port}/acme`, { capability, headers: { 'x-order': 'o-1' } })

  const traceId = await trace.getTracer('test').startActiveSpan('order', async (span) => {
    expect([(await call()).status, (await call()).status]).toEqual([204, 403])
    span.end()
    return span.spanContext().traceId
  })
  await expect(client.mint({ ...capability, target: 'gold' })).rejects.toMatchObject({ code: 'refused' })

  expect(heard.map((header) => header?.split('-')[1])).toEqual([traceId, traceId])
  const right = { 'writ.resource': 'stock', 'writ.operation': 'reserve' }
  const fetched = { 'writ.act': 'fetch', ...right }
  expect(recorded().filter(({ name }) => name === 'writ.fetch')).toEqual([
    {
      name: 'writ.fetch',
      attributes: { ...fetched, 'writ.decision': 'allowed', 'http.response.status_code': 204 },
      failed: false,
    },
    {
      name: 'writ.fetch',
      attributes: { ...fetched, 'writ.decision': 'refused', 'http.response.status_code': 403 },
      failed: false,
    },
  ])
  const acts = recorded().filter(({ name }) => name === 'writ.act')
  expect(acts.map(({ attributes }) => attributes)).toEqual([
    { 'writ.act': 'POST /v1/identities', 'writ.code': 'ok', 'writ.decision': 'allowed' },
    { 'writ.act': 'capability', 'writ.code': 'ok', 'writ.decision': 'allowed' },
    { 'writ.act': 'POST /v1/capabilities', 'writ.code': 'ok', 'writ.decision': 'allowed' },
    { 'writ.act': 'capability', 'writ.code': 'refused', 'writ.decision': 'refused' },
    { 'writ.act': 'POST /v1/capabilities', 'writ.code': 'ok', 'writ.decision': 'allowed' },
  ])
  expect(await telemetry.points('writ.authority.decision.duration')).toHaveLength(2)
  const everything = await telemetry.everything()
  for (const value of ['acme', 'o-1', `${port}`]) expect(everything).not.toContain(value)
})

it('an authority goes on when whoever hears of its acts fails, and reports it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'writ-telemetry-'))
  const reports: { event: string }[] = []
  const onAct = () => {
    throw new Error('the collector is away')
  }
  const report = (entry: { event: string }) => void reports.push(entry)
  const authority = await serveAuthority({ folder, port: 0, onAct, report })
  onTestFinished(async () => {
    await authority.close()
    await rm(folder, { recursive: true })
  })
  expect((await fetch(`${authority.url}/healthz`)).status).toBe(200)
  expect(reports).toMatchObject([{ event: 'onAct failed' }])
})
