import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { startAuthority } from 'policy/testing'
import type { Listening } from 'service-kit/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Bindings } from '../src/bindings.ts'
import { bundleWorker } from './support/bundle-worker.ts'
import { call, signIn } from './support/client.ts'
import { createBindings } from './support/create-bindings.ts'
import { gatewaySuite } from './support/gateway-suite.ts'
import { startOrders } from './support/start-orders.ts'

async function startWorker(
  modules: Awaited<ReturnType<typeof bundleWorker>>['modules'],
  bindings: object,
  { log = () => {}, ...more }: { log?: (message: string) => void; kvNamespaces?: string[]; kvPersist?: string } = {},
): Promise<Listening> {
  const miniflare = new Miniflare({
    modules,
    compatibilityDate: '2026-07-01',
    bindings: { ...bindings },
    ...more,
    // Asks nobody outside where in the world we are.
    cf: false,
    handleStructuredLogs: ({ message }: { message: string }) => log(message),
  })
  const { origin } = await miniflare.ready
  return { url: origin, close: () => miniflare.dispose() }
}

describe('in workerd', () => {
  gatewaySuite(async (bindings: Bindings, timeoutMs: number) => {
    const define = { TIMEOUT_MS: String(timeoutMs) }
    const { modules } = await bundleWorker(new URL('support/worker.ts', import.meta.url), define)
    return startWorker(modules, bindings)
  })
})

describe('the worker', () => {
  it('the worker starts without a module of Node and without WebAssembly, and answers 500 without its bindings', async () => {
    const { modules, inputs } = await bundleWorker(new URL('../src/worker.ts', import.meta.url))
    expect(inputs.some((path) => path.endsWith('service-kit/dist/path.js'))).toBe(true)
    expect(inputs.filter((path) => /run-service|start-service|node-server/.test(path))).toEqual([])
    expect(modules.map(({ type }) => type)).not.toContain('CompiledWasm')
    const code = modules
      .filter(({ type }) => type === 'ESModule')
      .map(({ contents }) => new TextDecoder().decode(contents))
    expect(code.join('\n')).toMatch(/function createVerifier\b/)
    expect(code.join('\n')).toMatch(/function attenuate\b/)
    expect(code.join('\n')).not.toMatch(/WebAssembly|function (?:mintCapability|assertGuarded|reportUnguarded)\b/)
    // Of the schema library, what is used: 6 kB of it.
    expect(code.join('\n')).toMatch(/function strictObject\b/)
    expect(code.join('\n')).not.toMatch(/function (?:variant|isoTimestamp|creditCard|strictTuple)\b/)
    const log: string[] = []
    const { url, close } = await startWorker(modules, {}, { log: (message) => void log.push(message) })
    onTestFinished(close)
    const response = await fetch(`${url}/healthz`)
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 500,
      body: { type: 'about:blank', title: 'Internal Server Error', status: 500 },
    })
    await expect.poll(() => log).toHaveLength(1)
    expect(JSON.parse(log[0] ?? '').failed).toMatch(/^TypeError: WRIT_AUTHORITY_URL: must be /)
  })

  it('the identity of the worker outlives an isolate in KV, although its secret is good once', async () => {
    const [issuer, orders] = await Promise.all([startAuthority(), startOrders()])
    const folder = await mkdtemp(join(tmpdir(), 'writ-gateway-'))
    onTestFinished(async () => {
      await Promise.all([issuer.close(), orders.close(), rm(folder, { recursive: true })])
    })
    const { modules } = await bundleWorker(new URL('../src/worker.ts', import.meta.url))
    const bindings = await createBindings(issuer, orders.url)
    const statuses: number[] = []
    for (const kvNamespaces of [['STATE'], ['STATE'], []]) {
      const { url, close } = await startWorker(modules, bindings, { kvNamespaces, kvPersist: folder })
      const headers = await signIn(url, 'acme', 'alice')
      statuses.push((await call(url, 'GET', '/orders/o-1', { headers })).status)
      await close()
    }
    expect(statuses).toEqual([200, 200, 502])
  })

  it('a cold worker answers all of many requests, also when the first of them goes away', async () => {
    const [issuer, orders] = await Promise.all([startAuthority(), startOrders()])
    const { modules } = await bundleWorker(new URL('../src/worker.ts', import.meta.url))
    const { url, close } = await startWorker(modules, await createBindings(issuer, orders.url))
    onTestFinished(async () => {
      await Promise.all([issuer.close(), orders.close(), close()])
    })
    const { cookie } = await signIn(url, 'acme', 'alice')
    const gone = new AbortController()
    const first = fetch(`${url}/orders/o-1`, { headers: { cookie }, signal: gone.signal }).catch(() => 'gone')
    const others = Array.from({ length: 20 }, () => call(url, 'GET', '/orders/o-1', { headers: { cookie } }))
    gone.abort()
    expect(await first).toBe('gone')
    expect(new Set((await Promise.all(others)).map(({ status }) => status))).toEqual(new Set([200]))
    const acme = issuer.clientOf('partner:globex')
    const token = await acme.capabilityFor({
      target: 'orders',
      operation: 'read',
      designations: { tenantId: 'acme', orderId: 'o-1' },
    })
    acme.close()
    const partners = Array.from({ length: 20 }, () => call(url, 'GET', '/partners/acme/orders/o-1', { token }))
    expect(new Set((await Promise.all(partners)).map(({ status }) => status))).toEqual(new Set([200]))
  })
})
