import { fileURLToPath } from 'node:url'
import * as core from '@writ/core'
import * as reading from '@writ/core/verify'
import { createTestAuthority, type TestCapabilityOptions } from '@writ/testing'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assertGuarded } from '../src/index.ts'
import app from './worker/worker.ts'

const entry = fileURLToPath(new URL('worker/worker.ts', import.meta.url))
const authority = await createTestAuthority()
let code: string
let miniflare: Miniflare

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['*.wasm?module'],
    logLevel: 'warning',
  })
  code = outputFiles[0]?.text ?? ''
  miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.js', contents: code }],
    compatibilityDate: '2026-07-01',
    bindings: { WRIT_PUBLIC_KEY: authority.publicKey },
    // Asks nobody outside where in the world we are.
    cf: false,
  })
  await miniflare.ready
})

afterAll(async () => {
  await miniflare?.dispose()
})

/** A request to the worker, with a token that is good for a read of invoice 7 of acme, but for what is said otherwise. */
async function send(path: string, options: Partial<TestCapabilityOptions> | null, init: object = {}) {
  const designations = { tenantId: 'acme', invoiceId: '7' }
  const good = { resource: 'invoices', operation: 'read', designations, anchor: 'service:gateway' }
  const headers = options && authority.headersFor(await authority.mint({ ...good, ...options }))
  const response = await miniflare.dispatchFetch(`http://localhost${path}`, {
    ...init,
    headers: { 'content-type': 'application/json', origin: 'https://app.example', ...headers },
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as { code?: string } }
}

describe('in workerd, with its key in a binding', () => {
  it('in workerd, a capability for the object passes', async () => {
    expect(await send('/acme/invoices/7', {})).toMatchObject({ status: 200, body: { id: '7', readBy: 'alice' } })
  })

  it.each([
    ['/globex/invoices/7', {}, 403, 'wrong_designation'],
    ['/acme/invoices/8', {}, 403, 'wrong_designation'],
    ['/acme/invoices/7', { designations: { tenantId: 'acme' } }, 403, 'undesignated'],
    ['/acme/invoices/7', { operation: 'write' }, 403, 'wrong_operation'],
    ['/acme/invoices/7', { anchor: 'service:billing' }, 403, 'wrong_anchor'],
    ['/acme/invoices/%zz', { designations: { tenantId: 'acme', invoiceId: '%zz' } }, 400, 'source_empty'],
    ['/acme/invoices/7', null, 401, 'missing_token'],
  ])('a request of %s with %j is answered %i %s', async (path, options, status, code) => {
    const refused = await send(path, options)
    expect(refused).toMatchObject({ status, body: { code, status, type: `urn:writ:problem:${code}` } })
    const error = { 400: null, 401: '', 403: ', error="insufficient_scope", scope="invoices:read"' }[status]
    const challenge = error === null ? null : `Bearer realm="writ"${error}`
    expect(refused.headers.get('www-authenticate')).toBe(challenge)
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('in workerd, a token of another authority is refused', async () => {
    const mallory = await createTestAuthority()
    const forged = mallory.headersFor(await mallory.mint({ resource: 'invoices', operation: 'read' }))
    const response = await miniflare.dispatchFetch('http://localhost/acme/invoices/7', { headers: forged })
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([403, 'invalid_signature'])
  })

  it('in workerd, the guard reads a designation of the body, and the handler reads the body again', async () => {
    const write = { operation: 'write', designations: { tenantId: 'acme' } }
    const post = (tenantId: string) => send('/invoices', write, { method: 'POST', body: JSON.stringify({ tenantId }) })
    expect(await post('acme')).toMatchObject({ status: 200, body: { tenantId: 'acme' } })
    expect(await post('globex')).toMatchObject({ status: 403, body: { code: 'wrong_designation' } })
  })

  it('in workerd, options that are a function are asked for once for all requests', async () => {
    expect(await send('/acme/invoices/7', {})).toMatchObject({ status: 200 })
    expect(await send('/acme/invoices/7', {})).toMatchObject({ status: 200 })
    expect((await send('/healthz', null)).body).toEqual({ asked: 1 })
  })
})

describe('in workerd, with a token in a header of its own', () => {
  const ask = async (path: string, tenantId?: string, more: Record<string, string> = {}) => {
    const designations = { tenantId: tenantId ?? '' }
    const token = tenantId && {
      'x-capability': await authority.mint({ resource: 'files', operation: 'read', designations }),
    }
    return miniflare.dispatchFetch(`http://localhost${path}`, {
      headers: { ...token, ...more } as Record<string, string>,
    })
  }
  const runs = async () => ((await (await ask('/runs')).json()) as { runs: number }).runs

  it('cache() neither keeps the answer of a guarded handler nor serves it to others, and a refusal is not a 304', async () => {
    const before = await runs()
    const first = await ask('/cached/acme', 'acme')
    expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'private, max-age=60'])
    expect(await first.json()).toEqual({ runs: before + 1 })
    for (const [tenantId, status] of [
      [undefined, 401],
      ['globex', 403],
    ] as const) {
      const refused = await ask('/cached/acme', tenantId, { 'if-none-match': '*' })
      expect([refused.status, refused.headers.get('cache-control')]).toEqual([status, 'no-store'])
      await refused.text()
    }
    expect(await runs()).toBe(before + 1)
    expect((await ask('/cached/acme', 'acme', { 'if-none-match': '*' })).status).toBe(304)
  })

  it('in workerd, a guarded route opens a WebSocket only for a capability of that object', async () => {
    const before = await runs()
    const upgrade = { upgrade: 'websocket' }
    for (const [tenantId, status] of [
      [undefined, 401],
      ['globex', 403],
    ] as const) {
      const refused = await ask('/socket/acme', tenantId, upgrade)
      expect([refused.status, refused.webSocket, ((await refused.json()) as { status: number }).status]).toEqual([
        status,
        null,
        status,
      ])
    }
    expect(await runs()).toBe(before)
    const { status, headers, webSocket } = await ask('/socket/acme', 'acme', upgrade)
    expect([status, headers.get('cache-control')]).toEqual([101, null])
    const message = new Promise((resolve) => webSocket?.addEventListener('message', ({ data }) => resolve(data)))
    webSocket?.accept()
    webSocket?.send('hello')
    expect(await message).toBe('acme: hello')
    webSocket?.close()
  })
})

describe('a service worker of app.fire', () => {
  it('a service worker of app.fire answers as the app does, with its guards', async () => {
    const contents = `
      import { Hono } from 'hono'
      import { writ } from '../src/index.ts'
      const guard = writ({ keys: ${JSON.stringify(authority.publicKey)}, anchor: null })
      const app = new Hono().get('/:tenantId', guard({ resource: 'files', designate: ['tenantId'] }), (c) => c.text('ok'))
      app.fire()`
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      bundle: true,
      write: false,
      format: 'iife',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['workerd', 'worker', 'browser'],
      logLevel: 'error',
    })
    const worker = new Miniflare({ script: outputFiles[0]?.text ?? '', compatibilityDate: '2026-07-01', cf: false })
    const designations = { tenantId: 'acme' }
    const headers = authority.headersFor(await authority.mint({ resource: 'files', operation: 'read', designations }))
    const get = async (path: string, init: object) =>
      (await worker.dispatchFetch(`http://localhost${path}`, init)).text()
    expect(await get('/acme', { headers })).toBe('ok')
    expect(JSON.parse(await get('/globex', { headers }))).toMatchObject({ status: 403, code: 'wrong_designation' })
    expect(JSON.parse(await get('/acme', {}))).toMatchObject({ status: 401, code: 'missing_token' })
    await worker.dispose()
  })
})

describe('the worker', () => {
  it('the bundle of a worker contains neither the writing half of core nor the start-up checks', () => {
    const declared = (name: string): boolean => new RegExp(`\\b(?:function|class) ${name}\\b`).test(code)
    const writing = Object.keys(core).filter((name) => !Object.hasOwn(reading, name))
    expect(writing).toContain('mintCapability')
    expect(declared('createDirectVerifier')).toBe(true)
    expect([...writing, 'createGlue', 'assertGuarded', 'reportUnguarded'].filter(declared)).toEqual([])
    expect(code).not.toMatch(/WebAssembly|biscuit_bg/)
  })

  it('assertGuarded accepts the worker in a test, rather than at its start', () => {
    assertGuarded(app)
  })
})

it('in workerd, a cookie counts for pages of this site alone, also to open a WebSocket', async () => {
  const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
  const cookie = `theme=dark; __Host-writ=${encodeURIComponent(token)}`
  const ask = async (method: string, headers: Record<string, string>) => {
    const init = { method, headers: { cookie, ...headers } }
    const response = await miniflare.dispatchFetch('http://localhost/cookie/acme', init)
    response.webSocket?.accept()
    response.webSocket?.close()
    return response.status === 101 ? 101 : [response.status, ((await response.json()) as { code?: string }).code]
  }
  const upgrade = { upgrade: 'websocket' }
  const [own, foreign] = [{ origin: 'https://app.example' }, { origin: 'https://mallory.example' }]
  expect(await ask('POST', own)).toEqual([200, undefined])
  expect(await ask('POST', foreign)).toEqual([403, 'cross_site'])
  expect(await ask('POST', {})).toEqual([403, 'cross_site'])
  expect(await ask('GET', { ...upgrade, ...foreign })).toEqual([403, 'cross_site'])
  expect(await ask('GET', { ...upgrade, ...own })).toBe(101)
  expect(await ask('POST', { ...own, cookie: `${cookie}; __Host-writ=x` })).toEqual([403, 'malformed_token'])
})
