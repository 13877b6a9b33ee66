import { createTestAuthority } from '@writ/testing'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { every, except, some } from 'hono/combine'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import { jsxRenderer } from 'hono/jsx-renderer'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { timeout } from 'hono/timeout'
import { appendTrailingSlash, trimTrailingSlash } from 'hono/trailing-slash'
import { validator } from 'hono/validator'
import { describe, expect, it } from 'vitest'
import { type WritOptions, writ } from '../src/index.ts'

const authority = await createTestAuthority()
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }
const guard = writ(options)
const files = guard({ resource: 'files', designate: ['tenantId'] })
const invoices = guard({ resource: 'invoices' })
const designations = { tenantId: 'acme' }
const reader = authority.headersFor(await authority.mint({ resource: 'files', operation: 'read', designations }))
const writer = authority.headersFor(await authority.mint({ resource: 'files', operation: 'write', designations }))

const runs: string[] = []
const ran = (c: Context) => c.text(`${runs.push(c.req.path)}`)
const note =
  (name: string): MiddlewareHandler =>
  async (_c, next) => {
    runs.push(name)
    await next()
  }

/** One request, after which `runs` says what ran for it. */
async function send(app: Hono, path: string, headers: Record<string, string> = reader, init: RequestInit = {}) {
  runs.length = 0
  return app.request(path, { ...init, headers })
}

describe('a refusal', () => {
  const body = async (response: Response) => ((await response.json()) as { code: string }).code

  it('a refusal behind etag() is not a 304, whatever the client has cached', async () => {
    const app = new Hono().use(etag()).get('/:tenantId', files, ran)
    const passed = await send(app, '/acme')
    const tag = passed.headers.get('etag') ?? ''
    expect(tag).toMatch(/^"/)
    for (const match of ['*', tag, `W/${tag}`]) {
      const refused = await send(app, '/globex', { ...reader, 'if-none-match': match })
      expect([refused.status, refused.headers.get('etag'), await body(refused)]).toEqual([
        403,
        null,
        'wrong_designation',
      ])
      expect(runs).toEqual([])
    }
  })

  it('a refusal may be compressed, and its content stays the same', async () => {
    const app = new Hono().use(compress()).get('/:tenantId', files, ran)
    const refused = await send(app, '/globex', { ...reader, 'accept-encoding': 'gzip' })
    expect([refused.status, refused.headers.get('content-encoding'), runs]).toEqual([403, 'gzip', []])
    const plain = refused.body?.pipeThrough(new DecompressionStream('gzip')) ?? null
    expect(await body(new Response(plain))).toBe('wrong_designation')
  })

  it('a refusal is neither redirected nor replaced by middleware that answers a 404', async () => {
    const app = new Hono()
    app.use(trimTrailingSlash(), appendTrailingSlash(), methodNotAllowed({ app }))
    app.use('/:tenantId', files).use('/:tenantId/', files).post('/:tenantId', ran)
    for (const path of ['/globex', '/globex/']) {
      const refused = await send(app, path)
      expect([refused.status, await body(refused), runs]).toEqual([403, 'wrong_designation', []])
    }
    expect((await send(app, '/acme')).status).toBe(405)
  })

  it('a refused request is not rendered, validated or read any further', async () => {
    const layout = jsxRenderer(({ children }) => `${runs.push('layout')}${children}` as never)
    const app = new Hono().use(layout).post(
      '/:tenantId',
      files,
      bodyLimit({ maxSize: 10, onError: ran }),
      validator('json', (value) => [value, runs.push('validator')][0]),
      (c) => c.render(`${runs.push('handler')}`),
    )
    const post = { method: 'POST', body: '{"a":1}' }
    const json = { 'content-type': 'application/json' }
    const refused = await send(app, '/globex', { ...writer, ...json }, post)
    expect([refused.status, refused.headers.get('content-type'), runs]).toEqual([
      403,
      'application/problem+json; charset=utf-8',
      [],
    ])
    expect([(await send(app, '/acme', { ...writer, ...json }, post)).status, runs]).toEqual([
      200,
      ['validator', 'handler', 'layout'],
    ])
  })

  it('middleware before the guard runs for everybody, also for a request that is refused', async () => {
    const app = new Hono().get(
      '/:tenantId',
      note('before'),
      validator('query', () => runs.push('validator')),
      files,
      ran,
    )
    app.post('/:tenantId', (c) => c.text('answered', 202), files, ran)
    expect([(await send(app, '/globex', {})).status, runs]).toEqual([401, ['before', 'validator']])
    expect([(await send(app, '/globex', {}, { method: 'POST' })).status, runs]).toEqual([202, []])
  })
})

describe('bodyLimit() before a guard that reads the body', () => {
  it('bodyLimit() before the guard answers a body that is too large, and the guard a token that is not proven', async () => {
    const byBody = guard({ resource: 'files', designate: { tenantId: { body: 'tenantId' } } })
    const app = new Hono().post('/', bodyLimit({ maxSize: 30 }), byBody, async (c) => c.json(await c.req.json()))
    const post = async (value: unknown) => {
      const body = new Blob([JSON.stringify(value)]).stream()
      const headers = { ...writer, 'content-type': 'application/json' }
      return (await send(app, '/', headers, { method: 'POST', body, duplex: 'half' } as RequestInit)).status
    }
    expect(await post({ tenantId: 'acme' })).toBe(200)
    expect(await post({ tenantId: 'globex' })).toBe(403)
    expect(await post({ tenantId: 'acme', more: 'x'.repeat(30) })).toBe(413)
  })
})

describe('timeout() before the guard', () => {
  it('timeout() before the guard changes nothing for a decision in time', async () => {
    const app = new Hono().use(timeout(60_000)).get('/:tenantId', files, ran)
    expect([(await send(app, '/acme')).status, runs]).toEqual([200, ['/acme']])
    expect([(await send(app, '/globex')).status, runs]).toEqual([403, []])
  })
})

describe('a guard among others in hono/combine', () => {
  it('a refusal within every() ends all of it', async () => {
    const app = new Hono().use('/:tenantId', every(note('before'), files, note('after'))).get('/:tenantId', ran)
    expect([(await send(app, '/globex')).status, runs]).toEqual([403, ['before']])
    expect([(await send(app, '/acme')).status, runs]).toEqual([200, ['before', 'after', '/acme']])
  })

  it('a refusal within some() answers, so the next guard is never tried; with refuse: error it is', async () => {
    const throwing = writ({ ...options, refuse: 'error' })({ resource: 'invoices' })
    const answered = new Hono().use('/:tenantId', some(invoices, files)).get('/:tenantId', ran)
    const tried = new Hono().use('/:tenantId', some(throwing, files)).get('/:tenantId', ran)
    expect([(await send(answered, '/acme')).status, runs]).toEqual([403, []])
    expect([(await send(tried, '/acme')).status, runs]).toEqual([200, ['/acme']])
    expect([(await send(tried, '/globex')).status, runs]).toEqual([403, []])
    expect([(await send(tried, '/acme', {})).status, runs]).toEqual([401, []])
  })

  it('a guard within except() is skipped where the condition is met', async () => {
    const app = new Hono().use(except('/public/*', invoices)).get('*', ran)
    expect([(await send(app, '/public/a', {})).status, runs]).toEqual([200, ['/public/a']])
    expect([(await send(app, '/private', {})).status, runs]).toEqual([401, []])
  })
})

describe('several guards of a request', () => {
  it('several guards of one request must all pass', async () => {
    const app = new Hono().use('/:tenantId', files).get('/:tenantId', note('between'), invoices, ran)
    expect([(await send(app, '/acme')).status, runs]).toEqual([403, ['between']])
    expect([(await send(app, '/globex')).status, runs]).toEqual([403, []])
  })
})
