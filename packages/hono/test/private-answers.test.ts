import { createTestAuthority } from '@writ/testing'
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { describe, expect, it } from 'vitest'
import { type WritOptions, writ } from '../src/index.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read' })
const options: WritOptions = {
  keys: authority.publicKey,
  anchor: null,
  now: authority.now,
  tokenFrom: { header: 'x-capability' },
}
const requirement = { resource: 'files' }

/** What comes of a handler behind a guard whose token travels in a header of its own. */
async function answerOf(handler: (c: Context) => Response | Promise<Response>) {
  const app = new Hono().get('/', writ(options)(requirement), handler)
  app.onError((error, c) => c.text(error.message, 500))
  const response = await app.request('/', { headers: { 'x-capability': token } })
  return { status: response.status, control: response.headers.get('cache-control'), text: await response.text() }
}

const immutable = () => Response.redirect('http://localhost/elsewhere', 302)

describe('with a token in a header of its own, an answer is private', () => {
  it.each<[string, (c: Context) => Response | Promise<Response>, number, string]>([
    ['a body of the context', (c) => c.text('ok'), 200, 'ok'],
    ['a raw Response', () => new Response('ok', { headers: { 'X-A': '1' } }), 200, 'ok'],
    ['a Response whose headers are immutable', immutable, 302, ''],
    ['a stream', () => new Response(new Blob(['o', 'k']).stream()), 200, 'ok'],
    ['server-sent events', (c) => streamSSE(c, (stream) => stream.writeSSE({ data: 'ok' })), 200, 'data: ok\n\n'],
    ['no content', (c) => c.body(null, 204), 204, ''],
    ['a 404 of the app', (c) => c.notFound() as Response, 404, '404 Not Found'],
    [
      'an answer of onError',
      () => {
        throw new Error('broken')
      },
      500,
      'broken',
    ],
  ])('if the handler says nothing of it: %s', async (_name, handler, status, text) => {
    const control = _name === 'server-sent events' ? 'no-cache' : 'private'
    expect(await answerOf(handler)).toEqual({ status, control, text })
  })

  it.each<[string, (c: Context) => Response]>([
    ['by the context', (c) => c.text('ok', 200, { 'Cache-Control': 'max-age=60' })],
    ['by c.header', (c) => [c.header('Cache-Control', 'max-age=60'), c.text('ok')][1] as Response],
    ['by a raw Response', () => new Response('ok', { headers: { 'Cache-Control': 'max-age=60' } })],
  ])('unless the handler says something else: %s', async (_name, handler) => {
    expect(await answerOf(handler)).toEqual({ status: 200, control: 'max-age=60', text: 'ok' })
  })

  it('an answer after several guards, or of middleware behind the guard, is private if the token has its own header', async () => {
    const guard = writ(options)
    const app = new Hono().use(guard(requirement)).get('/a', guard(requirement), (c) => c.text('ok'))
    app.get('/b', (c, _next) => Promise.resolve(c.text('ok')))
    for (const path of ['/a', '/b', '/not-there']) {
      const { headers } = await app.request(path, { headers: { 'x-capability': token } })
      expect(headers.get('cache-control')).toBe('private')
    }
  })

  it('a refusal stays no-store if the token has its own header, also behind a guard that let the request pass', async () => {
    const guard = writ(options)
    const app = new Hono().use(guard(requirement)).get('/', guard({ resource: 'invoices' }), (c) => c.text('ok'))
    const response = await app.request('/', { headers: { 'x-capability': token } })
    expect([response.status, response.headers.get('cache-control')]).toEqual([403, 'no-store'])
  })
})

describe('with Authorization', () => {
  it('an answer to a token in Authorization has no Cache-Control of the guard, and a public answer never has', async () => {
    const guard = writ({ ...options, tokenFrom: undefined })
    const app = new Hono().get('/', guard(requirement), (c) => c.text('ok'))
    app.get('/open', writ(options).public(), (c) => c.text('ok'))
    for (const path of ['/', '/open']) {
      const response = await app.request(path, { headers: authority.headersFor(token) })
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, null])
    }
  })
})
