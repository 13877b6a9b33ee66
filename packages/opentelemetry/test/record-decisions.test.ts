import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { trace } from '@opentelemetry/api'
import { capability, writ } from '@writ/express'
import type { Decision } from '@writ/http'
import { createTestAuthority } from '@writ/testing'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { recordDecisions } from '../src/index.ts'
import { installTelemetry, type Telemetry } from './support/telemetry.ts'

const RIGHT = { resource: 'invoices', operation: 'read' }
const ATTRIBUTES = { 'writ.resource': 'invoices', 'writ.operation': 'read', 'writ.enforced': true }

async function startBilling(options: Partial<Parameters<typeof writ>[0]> = {}) {
  const authority = await createTestAuthority()
  const guard = writ({
    keys: authority.publicKey,
    anchor: null,
    now: authority.now,
    onDecision: recordDecisions(),
    ...options,
  })
  const app = express()
  app.get('/:tenantId/invoices', guard({ ...RIGHT, designate: ['tenantId'] }), (req, res) => {
    res.json({ subject: capability(req).subject })
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const get = async (path: string, token?: string) => {
    const headers = token === undefined ? {} : authority.headersFor(token)
    return (await fetch(url + path, { headers: { ...headers, connection: 'close' } })).status
  }
  return { authority, get }
}

describe('recordDecisions', () => {
  let telemetry: Telemetry
  beforeEach(() => {
    telemetry = installTelemetry()
  })
  afterEach(() => telemetry.remove())

  it('records a span, a count and a duration for each decision', async () => {
    const { authority, get } = await startBilling()
    const token = await authority.mint({ ...RIGHT, designations: { tenantId: 'acme' } })
    expect([await get('/acme/invoices', token), await get('/globex/invoices', token)]).toEqual([200, 403])
    expect(await get('/acme/invoices')).toBe(401)

    const decided = [
      { ...ATTRIBUTES, 'writ.decision': 'allowed' },
      { ...ATTRIBUTES, 'writ.decision': 'refused', 'writ.code': 'wrong_designation' },
      { ...ATTRIBUTES, 'writ.decision': 'refused', 'writ.code': 'missing_token' },
    ]
    expect(telemetry.spans().map(({ name, attributes, failed }) => ({ name, attributes, failed }))).toEqual(
      decided.map((attributes) => ({ name: 'writ.decide', attributes, failed: false })),
    )
    for (const { durationMs } of telemetry.spans()) expect(durationMs).toBeGreaterThanOrEqual(0)
    const points = decided.map((attributes) => ({ attributes, count: 1 }))
    expect(await telemetry.points('writ.guard.decisions')).toEqual(points)
    expect(await telemetry.points('writ.guard.decision.duration')).toEqual(points)
  })

  it('records no subject, no value of a designation and no token', async () => {
    const { authority, get } = await startBilling()
    const token = await authority.mint({ ...RIGHT, subject: 'mallory', designations: { tenantId: 'acme' } })
    for (const path of ['/acme/invoices', '/globex/invoices']) await get(path, token)
    await get('/acme/invoices', `${token.slice(0, -4)}AAAA`)
    const everything = await telemetry.everything()
    for (const secret of ['mallory', 'acme', 'globex', token.slice(0, 40)]) expect(everything).not.toContain(secret)
  })

  it('marks as an error what the service could not decide', async () => {
    const revocation = { isRevoked: () => Promise.reject(new Error('the list is away')) }
    const { authority, get } = await startBilling({ revocation })
    const token = await authority.mint({ ...RIGHT, designations: { tenantId: 'acme' } })
    expect(await get('/acme/invoices', token)).toBe(503)
    expect(telemetry.spans()).toMatchObject([
      { failed: true, attributes: { 'writ.decision': 'failed', 'writ.code': 'unavailable' } },
    ])
  })

  it('adds what the service describes to the span alone', async () => {
    const onDecision = recordDecisions<Decision>({
      describe: ({ capability }) => ({ 'enduser.id': capability?.subject ?? 'nobody' }),
    })
    const { authority, get } = await startBilling({ onDecision })
    await get('/acme/invoices', await authority.mint({ ...RIGHT, designations: { tenantId: 'acme' } }))
    expect(telemetry.spans()).toMatchObject([{ attributes: { 'enduser.id': 'alice' } }])
    expect(await telemetry.points('writ.guard.decisions')).toEqual([
      { attributes: { ...ATTRIBUTES, 'writ.decision': 'allowed' }, count: 1 },
    ])
  })

  it('is below the span of the request', () => {
    const record = recordDecisions()
    const decision = { allowed: true, enforced: true, requirement: { resource: 'r' }, operation: 'o', durationMs: 1.5 }
    trace.getTracer('http').startActiveSpan('GET', (span) => {
      record(decision)
      span.end()
      const [decide, get] = telemetry.spans()
      expect([decide?.name, get?.name, decide?.parent]).toEqual(['writ.decide', 'GET', span.spanContext().spanId])
      expect(decide?.durationMs).toBeCloseTo(1.5, 3)
    })
  })

  it('counts for the SDK that is installed, also if another one was there before', async () => {
    const record = recordDecisions()
    const decision = { allowed: true, enforced: true, requirement: { resource: 'r' }, operation: 'o', durationMs: 1 }
    record(decision)
    await telemetry.remove()
    record(decision)
    telemetry = installTelemetry()
    record(decision)
    expect(await telemetry.points('writ.guard.decisions')).toMatchObject([{ count: 1 }])
  })
})
