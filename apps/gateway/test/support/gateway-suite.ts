import { inspect } from '@writ/core'
import { createTestAuthority, type TestCapabilityOptions } from '@writ/testing'
import { type RunningAuthority, startAuthority } from 'policy/testing'
import { type Answer, type Call, type Listening, send } from 'service-kit/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Bindings } from '../../src/bindings.ts'
import { call as callAt, forgeCookie, problem, signIn as signInAt } from './client.ts'
import { createBindings } from './create-bindings.ts'
import { ORDER, type RecordingOrders, startOrders } from './start-orders.ts'

type Answering = Parameters<RecordingOrders['answerWith']>[0]

/** So much that no busy machine is taken for orders that hangs, and so little that tests need not wait. */
const PATIENCE_MS = 20_000
const IMPATIENCE_MS = 250

/** What must hold of the gateway on every platform, over real HTTP. `timeoutMs` is how long it waits for orders. */
export function gatewaySuite(start: (bindings: Bindings, timeoutMs: number) => Promise<Listening>): void {
  let orders: RecordingOrders
  let bindings: Bindings
  let gateway: Listening
  let issuer: RunningAuthority
  /** Signs with the key of the issuer what no policy would permit. */
  let authority: Awaited<ReturnType<typeof createTestAuthority>>

  const call = (method: string, path: string, options?: Call) => callAt(gateway.url, method, path, options)
  const signIn = (tenantId: string, userId: string) => signInAt(gateway.url, tenantId, userId)
  const mint = (capability: TestCapabilityOptions) => authority.mint({ rootKeyId: 1, ...capability })
  const secondsNow = () => Math.floor(Date.now() / 1000)

  beforeAll(async () => {
    authority = await createTestAuthority()
    orders = await startOrders()
    issuer = await startAuthority({ keys: authority })
    bindings = await createBindings(issuer, orders.url)
    gateway = await start(bindings, PATIENCE_MS)
  })
  afterAll(async () => {
    await gateway?.close()
    await orders?.close()
    await issuer?.close()
  })
  beforeEach(() => orders.reset())

  /** What the token says that reached orders with its only request. */
  async function arrivedToken() {
    expect(orders.requests).toHaveLength(1)
    const [, text = ''] = /^Bearer (\S+)$/.exec(orders.requests[0]?.headers.authorization ?? '') ?? []
    const token = await inspect(text, authority.publicKey)
    return { ...token, designations: token.designations.map(({ block, label, value }) => ({ block, label, value })) }
  }

  /** Designations of a token that was minted for orders and then narrowed once. */
  function narrowedTo(pairs: Readonly<Record<string, string>>) {
    const added = Object.entries(pairs).map(([label, value]) => ({ block: 1, label, value }))
    return [{ block: 0, label: 'anchor', value: 'service:orders' }, ...added]
  }

  it('the gateway answers the health check without a session', async () => {
    expect(await call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
  })

  describe('a session', () => {
    it('a session is a signed cookie that scripts and other sites do not get', async () => {
      const { status, headers } = await call('POST', '/session', { body: { tenantId: 'acme', userId: 'alice' } })
      expect(status).toBe(204)
      expect(headers.get('set-cookie')).toMatch(
        /^session=[^;]+\.[^;]+; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict$/,
      )
    })

    it('DELETE ends a session in the browser', async () => {
      const { status, headers } = await call('DELETE', '/session')
      expect([status, headers.get('set-cookie')]).toEqual([
        204,
        'session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
      ])
    })

    it.each([
      ['there is none', () => ''],
      ['it is empty', () => 'session='],
      ['it has no signature', ({ value }) => `session=${value}`],
      [
        'another tenant was written into it',
        ({ value, signature }) => `session=${value.replace('acme', 'globex')}.${signature}`,
      ],
      [
        'a byte of its signature was flipped',
        ({ value, signature }) => `session=${value}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      ],
      ['it is under another name', ({ value, signature }) => `Session=${value}.${signature}`],
      [
        'another secret signed it',
        () => forgeCookie({ tenantId: 'acme', userId: 'alice', expiresAt: 1e10 }, 'x'.repeat(34)),
      ],
      [
        'it ends this second',
        () => forgeCookie({ tenantId: 'acme', userId: 'alice', expiresAt: secondsNow() }, bindings.SESSION_SECRET),
      ],
      ['it has no end', () => forgeCookie({ tenantId: 'acme', userId: 'alice' }, bindings.SESSION_SECRET)],
      ['it is of nobody', () => forgeCookie([], bindings.SESSION_SECRET)],
    ] as [string, (cookie: { value: string; signature: string }) => string | Promise<string>][])(
      'a session is refused with 401 when %s, and nothing reaches orders',
      async (_, tamper) => {
        const { cookie: good } = await signIn('acme', 'alice')
        const [, value = '', signature = ''] = /^session=(.+)\.(.+?)$/.exec(good) ?? []
        const headers = { cookie: await tamper({ value, signature }) }
        for (const [method, path, body] of [
          ['GET', '/orders/o-1', undefined],
          ['PUT', '/orders/o-1/items/chair', { quantity: 1 }],
        ] as const) {
          const refused = await call(method, path, { headers, body })
          expect(refused).toMatchObject(problem(401, 'Unauthorized', 'sign in first'))
          expect(refused.headers.get('www-authenticate')).toBe('Cookie realm="gateway", cookie-name="session"')
        }
        expect(orders.requests).toEqual([])
      },
    )

    it('a capability does not replace a session', async () => {
      const token = await mint({ resource: 'orders', operation: 'read', anchor: 'service:gateway' })
      const headers = authority.headersFor(token)
      expect((await call('GET', '/orders/o-1', { headers })).status).toBe(401)
    })

    it.each([
      ['an empty name', { tenantId: '', userId: 'alice' }],
      ['a dot', { tenantId: '.', userId: 'alice' }],
      ['two dots', { tenantId: 'acme', userId: '..' }],
      ['101 characters', { tenantId: 'x'.repeat(101), userId: 'alice' }],
      ['a lone surrogate', { tenantId: '\ud800', userId: 'alice' }],
      ['a number', { tenantId: 7, userId: 'alice' }],
      ['no user', { tenantId: 'acme' }],
      ['a field more', { tenantId: 'acme', userId: 'alice', admin: true }],
      ['an array', [{ tenantId: 'acme', userId: 'alice' }]],
      ['broken JSON', '{"tenantId":'],
    ])('a session is not started with %s', async (_, body) => {
      const answer = await call('POST', '/session', { body })
      expect(answer).toMatchObject({ status: 400, body: { title: 'Bad Request' } })
      expect(answer.headers.get('set-cookie')).toBeNull()
    })
  })

  describe('what reaches orders', () => {
    it('orders gets a token for one tenant, user, order and SKU, valid for ten seconds', async () => {
      const headers = await signIn('acme', 'alice')
      const before = secondsNow()
      const answer = await call('PUT', '/orders/o-1/items/chair', { headers, body: { quantity: 2 } })
      expect(answer).toMatchObject({ status: 200, body: ORDER })
      expect(orders.requests).toMatchObject([
        { method: 'PUT', url: '/acme/users/alice/orders/o-1/items/chair', body: '{"quantity":2}' },
      ])
      const token = await arrivedToken()
      expect(token).toMatchObject({ subject: 'service:gateway', resource: 'orders', operation: 'write', blocks: 2 })
      expect(token.designations).toEqual(
        narrowedTo({ tenantId: 'acme', userId: 'alice', orderId: 'o-1', sku: 'chair' }),
      )
      expect(token.expiresAt).toBeGreaterThanOrEqual(before + 10)
      expect(token.expiresAt).toBeLessThanOrEqual(secondsNow() + 10)
    })

    it('orders gets a read token that cannot write', async () => {
      const answer = await call('GET', '/orders/o-1', { headers: await signIn('acme', 'alice') })
      expect(answer).toMatchObject({ status: 200, body: ORDER })
      expect(orders.requests).toMatchObject([{ method: 'GET', url: '/acme/users/alice/orders/o-1', body: '' }])
      const token = await arrivedToken()
      expect(token).toMatchObject({ resource: 'orders', operation: 'read', blocks: 2 })
      expect(token.designations).toEqual(narrowedTo({ tenantId: 'acme', userId: 'alice', orderId: 'o-1' }))
    })

    it('orders gets no header of the client, no cookie and no broad token', async () => {
      const { cookie } = await signIn('acme', 'alice')
      const marked = {
        authorization: 'Bearer marked-1',
        'proxy-authorization': 'Basic marked-2',
        'x-forwarded-for': 'marked-3',
        'x-tenant-id': 'marked-4',
        traceparent: 'marked-5',
        'user-agent': 'marked-6',
        accept: 'text/marked-7',
        cookie: `${cookie}; other=marked-8`,
      }
      const path = '/orders/o-1/items/chair?tenantId=marked-9'
      expect((await call('PUT', path, { headers: marked, body: { quantity: 1 } })).status).toBe(200)
      const arrived = JSON.stringify(orders.requests)
      expect(arrived).not.toContain('marked')
      expect(arrived).not.toContain(cookie.slice('session='.length))
      expect(arrived).not.toContain(bindings.WRIT_SECRET)
      expect((await arrivedToken()).blocks).toBe(2)
      expect(orders.requests[0]?.headers).not.toHaveProperty('cookie')
      expect((await arrivedToken()).designations[1]).toMatchObject({ label: 'tenantId', value: 'acme' })
    })

    it.each(['initech', 'constructor', '__proto__', 'a/b', 'a;b="c"', '%2e', ' ', '💸', '");allow if true;'])(
      'names the tenant %j, which nobody has configured',
      async (tenantId) => {
        expect(await call('GET', '/orders/o-1', { headers: await signIn(tenantId, 'bob') })).toMatchObject({
          status: 200,
        })
        expect(orders.requests[0]?.url).toBe(`/${encodeURIComponent(tenantId)}/users/bob/orders/o-1`)
        expect((await arrivedToken()).designations).toEqual(narrowedTo({ tenantId, userId: 'bob', orderId: 'o-1' }))
      },
    )

    it('dots in the name of an order never leave the path of the session', async () => {
      const headers = await signIn('acme', 'alice')
      for (const path of ['/orders/..', '/orders/%2e%2e', '/orders/.%2E', '/orders/%2e']) {
        expect([400, 404]).toContain((await call('GET', path, { headers })).status)
      }
      const item = '/orders/o-1/items/%2e%2e'
      expect([400, 404]).toContain((await call('PUT', item, { headers, body: { quantity: 1 } })).status)
      expect(orders.requests).toEqual([])
    })
  })

  describe('an item', () => {
    it.each([
      ['no quantity', 400, {}],
      ['the quantity 0', 400, { quantity: 0 }],
      ['the quantity 1001', 400, { quantity: 1001 }],
      ['half a quantity', 400, { quantity: 0.5 }],
      ['a quantity that is a text', 400, { quantity: '1' }],
      ['a tenant in the body', 400, { quantity: 1, tenantId: 'globex' }],
      ['null', 400, 'null'],
      ['more than a kilobyte', 413, `{"quantity":1${' '.repeat(2000)}}`],
    ])('an item with %s is answered %i, and nothing reaches orders', async (_, status, body) => {
      const headers = await signIn('acme', 'alice')
      expect(await call('PUT', '/orders/o-1/items/chair', { headers, body })).toMatchObject({
        status,
        body: { status },
      })
      expect(orders.requests).toEqual([])
    })

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
    ])('an item of type %s is answered 415', async (contentType) => {
      const options = { headers: await signIn('acme', 'alice'), body: { quantity: 1 }, contentType }
      const answer = await call('PUT', '/orders/o-1/items/chair', options)
      expect(answer).toMatchObject(problem(415, 'Unsupported Media Type', 'the body must be application/json'))
    })
  })

  describe('another site', () => {
    it.each<[string, (own: string) => Readonly<Record<string, string>>]>([
      ['that says so', () => ({ 'sec-fetch-site': 'cross-site' })],
      ['that says so, whatever the origin', (own) => ({ 'sec-fetch-site': 'cross-site', origin: own })],
      ['of the same domain', () => ({ 'sec-fetch-site': 'same-site' })],
      ['or an address typed by hand', () => ({ 'sec-fetch-site': 'none' })],
      ['by its origin', () => ({ origin: 'https://mallory.example' })],
      ['in a sandbox', () => ({ origin: 'null' })],
      ['on another port', () => ({ origin: 'http://127.0.0.1:1' })],
      ['that says nothing', () => ({})],
    ])('another site %s changes nothing with the cookie of alice', async (_, said) => {
      const headers = { ...(await signIn('acme', 'alice')), ...said(gateway.url) }
      for (const [method, path, body] of [
        ['POST', '/session', { tenantId: 'acme', userId: 'mallory' }],
        ['DELETE', '/session', undefined],
        ['PUT', '/orders/o-1/items/chair', { quantity: 1 }],
      ] as const) {
        const refused = await send(gateway.url, method, path, { headers, body })
        expect(refused).toMatchObject(problem(403, 'Forbidden', 'changes are for pages of this origin'))
        expect(refused.headers.get('set-cookie')).toBeNull()
      }
      expect(orders.requests).toEqual([])
    })

    it('a request with our own origin is accepted if a browser sends no more than the origin', async () => {
      const headers = { ...(await signIn('acme', 'alice')), origin: gateway.url }
      const answer = await send(gateway.url, 'PUT', '/orders/o-1/items/chair', { headers, body: { quantity: 1 } })
      expect(answer.status).toBe(200)
    })
  })

  describe('an orders service that fails', () => {
    const SECRET = 'a secret of orders'

    /** One call of each kind, all at once. */
    async function callAll({ url }: Listening): Promise<readonly Answer[]> {
      const headers = await signInAt(url, 'acme', 'alice')
      const right = { resource: 'orders', operation: 'read', anchor: 'service:gateway' }
      const token = await mint({ ...right, designations: { tenantId: 'acme', orderId: 'o-1' } })
      return Promise.all([
        callAt(url, 'GET', '/orders/o-1', { headers }),
        callAt(url, 'PUT', '/orders/o-1/items/chair', { headers, body: { quantity: 1 } }),
        callAt(url, 'GET', '/partners/acme/orders/o-1', { token }),
      ])
    }

    it.each<[string, string, Answering]>([
      ['refuses', 'orders answered 403', (_req, res) => void res.writeHead(403).end(SECRET)],
      ['wants another credential', 'orders answered 401', (_req, res) => void res.writeHead(401).end(SECRET)],
      ['finds the call wrong', 'orders answered 400', (_req, res) => void res.writeHead(400).end(SECRET)],
      ['fails', 'orders answered 500', (_req, res) => void res.writeHead(500).end(SECRET)],
      [
        'points elsewhere',
        'orders answered 307',
        (_req, res) => void res.writeHead(307, { location: '/x' }).end(SECRET),
      ],
      ['answers no JSON', 'orders could not be called', (_req, res) => void res.end(SECRET)],
      ['hangs up', 'orders could not be called', (req) => void req.socket.destroy()],
    ])('when orders %s, the gateway answers 502 in its own words', async (_, detail, answer) => {
      orders.answerWith(answer)
      for (const answered of await callAll(gateway)) {
        expect(answered).toMatchObject(problem(502, 'Bad Gateway', detail))
        expect(answered.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
        expect(JSON.stringify([...answered.headers])).not.toContain(SECRET)
      }
      expect(orders.requests).toHaveLength(3)
    })

    it.each<[string, Answering]>([
      ['does not answer', () => {}],
      ['does not end its answer', (_req, res) => void res.write(`{"x":"${SECRET}`)],
    ])('when orders %s, the gateway answers 504', async (_, answer) => {
      const impatient = await start(await createBindings(issuer, orders.url), IMPATIENCE_MS)
      onTestFinished(impatient.close)
      orders.answerWith(answer)
      for (const answered of await callAll(impatient)) {
        expect(answered).toMatchObject(problem(504, 'Gateway Timeout', 'orders did not answer in time'))
      }
    })

    it.each([
      [404, 'Not Found'],
      [409, 'Conflict'],
    ])('a %i of orders is passed on in the words of the gateway', async (status, title) => {
      orders.answerWith((_req, res) => void res.writeHead(status).end(SECRET))
      const options = { headers: await signIn('acme', 'alice'), body: { quantity: 1 } }
      expect(await call('PUT', '/orders/o-1/items/chair', options)).toMatchObject(
        problem(status, title, `orders answered ${status}`),
      )
    })
  })

  describe('a partner', () => {
    const right = { resource: 'orders', operation: 'read', anchor: 'service:gateway' }
    const designations = { tenantId: 'acme', orderId: 'o-1' }

    it('a partner reads the order of its capability, and orders gets the token of the gateway', async () => {
      const token = await mint({ ...right, subject: 'partner:globex', designations })
      const answer = await call('GET', '/partners/acme/orders/o-1', { headers: authority.headersFor(token) })
      expect(answer).toMatchObject({ status: 200, body: ORDER })
      expect(orders.requests).toMatchObject([{ method: 'GET', url: '/acme/orders/o-1' }])
      const arrived = await arrivedToken()
      expect(arrived).toMatchObject({ subject: 'service:gateway', resource: 'orders', operation: 'read', blocks: 2 })
      expect(arrived.designations).toEqual(narrowedTo(designations))
    })

    it.each([
      ['for another tenant', 'wrong_designation', { ...right, designations: { ...designations, tenantId: 'globex' } }],
      ['for another order', 'wrong_designation', { ...right, designations: { ...designations, orderId: 'o-2' } }],
      ['for no tenant', 'undesignated', { ...right, designations: { orderId: 'o-1' } }],
      ['for no order', 'undesignated', { ...right, designations: { tenantId: 'acme' } }],
      ['to write', 'wrong_operation', { ...right, operation: 'write', designations }],
      ['for another service', 'wrong_anchor', { ...right, anchor: 'service:orders', designations }],
    ])('a partner with a capability %s is refused with %s', async (_, code, capability) => {
      const headers = authority.headersFor(await mint(capability))
      const refused = await call('GET', '/partners/acme/orders/o-1', { headers })
      expect(refused).toMatchObject({ status: 403, body: { code } })
      expect(refused.headers.get('www-authenticate')).toBe(
        'Bearer realm="writ", error="insufficient_scope", scope="orders:read"',
      )
      expect(orders.requests).toEqual([])
    })

    it('a session does not make a partner', async () => {
      const refused = await call('GET', '/partners/acme/orders/o-1', { headers: await signIn('acme', 'alice') })
      expect(refused).toMatchObject({ status: 401, body: { code: 'missing_token' } })
    })
  })

  it('the gateway answers 404 where there is no route, and forbids caching', async () => {
    const answer = await call('GET', '/acme/users/alice/orders/o-1')
    expect(answer).toMatchObject(problem(404, 'Not Found', 'there is no such route'))
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })
}
