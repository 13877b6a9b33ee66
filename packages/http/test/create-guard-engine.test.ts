import { afterEach, describe, expect, it, vi } from 'vitest'
import { createGuardEngine, type Decision, type HttpGuardOptions } from '../src/index.ts'
import { ANCHOR, guardWith, invoice, NOW, publicKey, refusalFrom, token, view } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the options of a guard', () => {
  it.each<[string, Record<string, unknown>]>([
    ['keys: is required', { keys: undefined }],
    ['key: unknown option', { key: publicKey }],
    ['realmm: unknown option', { realmm: 'x' }],
    ['__proto__: unknown option', JSON.parse('{"__proto__":1}')],
    ['realm: must be', { realm: '' }],
    ['realm: must be', { realm: 'a"b' }],
    ['realm: must be', { realm: 'a\\b' }],
    ['realm: must be', { realm: 'a\r\nb' }],
    ['realm: must be', { realm: 'café' }],
    ['realm: must be', { realm: 7 }],
    ['mode: must be one of enforce, report', { mode: 'off' }],
    ['refuse: must be one of answer, error', { refuse: 'ignore' }],
    ['onDecision: must be a function', { onDecision: {} }],
    ['onRefusal: must be a function', { onRefusal: 'deny' }],
    ['rfc6750: must be a boolean', { rfc6750: 1 }],
    ['retryAfter: must be', { retryAfter: 0 }],
    ['retryAfter: must be', { retryAfter: 1.5 }],
    ['retryAfter: must be', { retryAfter: Number.POSITIVE_INFINITY }],
    ['retryAfter: must be', { retryAfter: '5' }],
    ['tokenFrom: must be an object', { tokenFrom: 'x-token' }],
    ['tokenFrom.header: must be the name of a header', { tokenFrom: {} }],
    ['tokenFrom.header: must be the name of a header', { tokenFrom: { header: 'x token' } }],
    ['tokenFrom.query: unknown option', { tokenFrom: { query: 'token' } }],
    ['tokenFrom.cookie: must be the name of a cookie', { tokenFrom: { cookie: '' } }],
    ['tokenFrom.cookie: must be the name of a cookie', { tokenFrom: { cookie: 'a;b' } }],
    ['tokenFrom.cookie: must be the name of a cookie', { tokenFrom: { cookie: ['a'] } }],
    ['tokenFrom.header: unknown option', { tokenFrom: { cookie: 'a', header: 'b' } }],
    ...[
      'https://app.example',
      ['*'],
      ['null'],
      [/./],
      ['app.example'],
      ['https://app.example/'],
      ['https://App.example'],
      ['https://app.example:443'],
      ['https://*.app.example'],
      ['file:///'],
    ].map((allowedOrigins): [string, Record<string, unknown>] => [
      'tokenFrom.allowedOrigins: must be an array of origins',
      { tokenFrom: { cookie: 'a', allowedOrigins } },
    ]),
    ['headersFrom: must be one of wire, request', { headersFrom: 'sent' }],
    ['disclose: must be a boolean', { disclose: 'no' }],
    ['log: must be a boolean', { log: console.error }],
    ...[
      'http://api.example/meta',
      'ftp://api.example/meta',
      '/meta',
      'https://',
      'https://api.example/#x',
      'https://alice@api.example/',
      'https://:acme@api.example/',
      'https://api.example/"',
      'https://api.example/\\',
      'https://api.example/ x',
      'https://api.example/\r\nSet-Cookie: a=b',
      'https://caf\u00e9.example/',
      new URL('https://api.example/'),
    ].map((resourceMetadata): [string, Record<string, unknown>] => [
      'resourceMetadata: must be an https URL',
      { resourceMetadata },
    ]),
    ['anchor: must', { anchor: '' }],
    ['anchor: is required', {}],
    ['clockTolerance: must', { clockTolerance: 61 }],
  ])('createGuardEngine throws a TypeError "%s" for the options %j', (message, options) => {
    // `assign` and `entries` of a literal would lose an own __proto__.
    const all = Object.defineProperties({ keys: publicKey }, Object.getOwnPropertyDescriptors(options))
    const build = () => createGuardEngine(all as HttpGuardOptions)
    expect(build).toThrow(TypeError)
    expect(build).toThrow(new RegExp(`^${message}`))
  })

  it.each([undefined, null, 'key', 7, []])(
    'createGuardEngine throws a TypeError for %j instead of options',
    (options) => {
      expect(() => createGuardEngine(options as never)).toThrow(/^options: must be an object/)
    },
  )

  it('an option that is undefined has its default', async () => {
    const decide = guardWith({ realm: undefined, mode: undefined, refuse: undefined, retryAfter: undefined })
    expect((await refusalFrom(decide(view())))?.headers['WWW-Authenticate']).toBe('Bearer realm="writ"')
  })

  it('creating a guard causes no I/O, no timers and no randomness', () => {
    const forbidden = () => expect.fail('the guard did something when it was built')
    for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch'] as const)
      vi.spyOn(globalThis, name).mockImplementation(forbidden as never)
    vi.spyOn(crypto, 'getRandomValues').mockImplementation(forbidden)
    vi.spyOn(Math, 'random').mockImplementation(forbidden)
    vi.spyOn(Date, 'now').mockImplementation(forbidden)
    vi.spyOn(performance, 'now').mockImplementation(forbidden)
    expect(createGuardEngine({ keys: publicKey, anchor: ANCHOR }).refuse).toBe('answer')
  })
})

describe('a guard', () => {
  const good = async () => view({ authorization: [`Bearer ${await token()}`] })

  it('lets a request pass that meets the requirement, with its capability', async () => {
    const outcome = await guardWith()(await good())
    expect(outcome).toMatchObject({ allowed: true, capability: { subject: 'alice', resource: 'invoices' } })
  })

  it('refuses a request whose view cannot be read, as a failure of the service', async () => {
    const broken = view({
      header: () => {
        throw new Error('acme')
      },
    })
    expect(await refusalFrom(guardWith()(broken))).toMatchObject({ status: 503, code: 'unavailable' })
  })

  it('reads the params of a request as its own only', async () => {
    const params = Object.create({ tenantId: 'acme', invoiceId: '7' })
    const request = view({ params, authorization: [`Bearer ${await token()}`] })
    expect(await refusalFrom(guardWith()(request))).toMatchObject({ code: 'source_missing' })
  })

  it('does not coerce params that an adapter passed on as something else', async () => {
    for (const invoiceId of [7, ['7'], { toString: () => '7' }, null] as unknown as string[]) {
      const params = { tenantId: 'acme', invoiceId }
      const request = view({ params, authorization: [`Bearer ${await token()}`] })
      expect(await refusalFrom(guardWith()(request))).toMatchObject({ code: 'source_empty' })
    }
  })

  it('waits for a body that is parsed later, and fails closed when it cannot be parsed', async () => {
    const account = { resource: 'invoices', designate: { tenantId: 'tenantId', invoiceId: { body: 'id' } } }
    const authorization = [`Bearer ${await token()}`]
    const later = view({ authorization, body: Promise.resolve({ id: '7' }) })
    expect((await guardWith()(later, account)).allowed).toBe(true)
    const rejecting = { get: () => Promise.reject(new Error('acme')) }
    const broken = Object.defineProperty(view({ authorization }), 'body', rejecting)
    expect(await refusalFrom(guardWith()(broken, account))).toMatchObject({ code: 'unavailable' })
  })

  it.each(['GET', 'HEAD', 'OPTIONS', 'QUERY'])('%s is a read', async (method) => {
    expect((await guardWith()({ ...(await good()), method })).allowed).toBe(true)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'get', ''])('%j is a write', async (method) => {
    const authorization = [`Bearer ${await token({ operation: 'write' })}`]
    expect((await guardWith()(view({ method, authorization }))).allowed).toBe(true)
    expect(await refusalFrom(guardWith()({ ...(await good()), method }))).toMatchObject({ code: 'wrong_operation' })
  })

  it('proves a token once for several requirements', async () => {
    const resolver = vi.fn(() => publicKey)
    const isRevoked = vi.fn(() => false)
    const decide = guardWith({ keys: resolver, revocation: { isRevoked } })
    const requirements = ['orders', 'users', 'invoices'].map((resource) => ({ ...invoice, resource }))
    expect((await decide(await good(), ...requirements)).allowed).toBe(true)
    expect([resolver.mock.calls.length, isRevoked.mock.calls.length]).toEqual([1, 1])
  })

  it('does not let another requirement stand in for one whose function failed', async () => {
    const failing = { resource: 'invoices', designate: { tenantId: () => Promise.reject(new Error('down')) } }
    expect(await refusalFrom(guardWith()(await good(), failing, invoice))).toMatchObject({ code: 'unavailable' })
  })

  it('onDecision is told which of several requirements was met, or got furthest', async () => {
    const decisions: Decision[] = []
    const decide = guardWith({ onDecision: (decision) => decisions.push(decision) })
    const other = { ...invoice, resource: 'orders' }
    const pinned = { ...invoice, subject: 'bob' }
    await decide(await good(), other, invoice)
    await decide(await good(), other, pinned)
    await decide(await good(), pinned, { ...pinned, subject: 'mallory' })
    await decide(view(), other, pinned)
    expect(decisions.map(({ code, requirement }) => [code, requirement.resource, requirement.subject])).toEqual([
      [undefined, 'invoices', undefined],
      ['wrong_subject', 'invoices', 'bob'],
      ['wrong_subject', 'invoices', 'bob'],
      ['missing_token', 'orders', undefined],
    ])
    expect(decisions.every((decision) => Object.isFrozen(decision))).toBe(true)
  })

  it('keeps the cause of a failure for operators', async () => {
    const down = new Error('down')
    const decisions: Decision[] = []
    const decide = guardWith({
      revocation: { isRevoked: () => Promise.reject(down) },
      onDecision: (decision) => decisions.push(decision),
    })
    const refusal = await refusalFrom(decide(await good()))
    expect(decisions[0]?.error?.cause).toBe(down)
    expect(refusal?.error.cause).toBe(down)
    expect(refusal?.body).not.toContain('down')
  })

  it('onRefusal is called only if the guard answers itself', async () => {
    const onRefusal = vi.fn(() => ({ status: 418 }))
    expect((await refusalFrom(guardWith({ onRefusal })(view())))?.status).toBe(418)
    for (const refuse of ['error'] as const)
      expect((await refusalFrom(guardWith({ onRefusal, refuse })(view())))?.status).toBe(401)
    expect(onRefusal).toHaveBeenCalledTimes(1)
  })

  it('if onRefusal fails, the answer is the plain refusal of an unavailable service', async () => {
    const refusal = await refusalFrom(guardWith({ onRefusal: () => ({ status: 200 }), retryAfter: 7 })(view()))
    expect(refusal).toMatchObject({ status: 503, code: 'unavailable', headers: { 'Retry-After': '7' } })
    expect(refusal?.error.cause).toBeInstanceOf(TypeError)
  })

  it.each([() => undefined, { toJSON: () => undefined }])(
    'a body of onRefusal that is no text fails closed',
    async (body) => {
      const refusal = await refusalFrom(guardWith({ onRefusal: () => ({ body }) })(view()))
      expect(refusal).toMatchObject({ status: 503, code: 'unavailable' })
      expect(refusal?.error.cause).toBeInstanceOf(TypeError)
    },
  )

  it('headers of onRefusal that say where an answer ends are left out', async () => {
    const headers = { 'Transfer-Encoding': 'chunked', 'content-length': '1', Connection: 'keep-alive', 'X-Kept': 'yes' }
    const refusal = await refusalFrom(guardWith({ onRefusal: () => ({ headers }) })(view()))
    expect(Object.keys(refusal?.headers ?? {}).sort()).toEqual([
      'Cache-Control',
      'Content-Type',
      'WWW-Authenticate',
      'X-Kept',
    ])
  })

  it('a header of onRefusal replaces one of the guard in any case', async () => {
    const headers = { 'content-TYPE': 'text/plain', 'www-authenticate': 'Bearer realm="other"' }
    const refusal = await refusalFrom(guardWith({ onRefusal: () => ({ headers }) })(view()))
    expect(refusal?.headers).toEqual({ ...headers, 'Cache-Control': 'no-store' })
  })

  it('an answer to a token in another header is private', async () => {
    const presented = await token()
    const own = view({ header: (name) => (name === 'x-token' ? [presented] : []) })
    const privately = { 'Cache-Control': 'private' }
    const optional = { ...invoice, optional: true }
    const decide = guardWith({ tokenFrom: { header: 'X-Token' } })
    expect(await decide(own)).toMatchObject({ allowed: true, headers: privately })
    expect(await decide(view(), optional)).toEqual({ allowed: true, headers: privately })
    const report = guardWith({ tokenFrom: { header: 'x-token' }, mode: 'report' })
    expect(await report(view())).toEqual({ allowed: true, code: 'missing_token', headers: privately })
  })

  it.each([undefined, { header: 'Authorization' }])(
    'an answer to a token in Authorization gets no Cache-Control: tokenFrom %j',
    async (tokenFrom) => {
      expect(await guardWith({ tokenFrom })(await good())).not.toHaveProperty('headers')
    },
  )

  it('a route that no guard covers is answered 500', () => {
    const { status, headers, body } = createGuardEngine({ keys: publicKey, anchor: null, now: () => NOW }).unguarded()
    expect(status).toBe(500)
    expect(headers).toEqual({
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Cache-Control': 'no-store',
    })
    expect(body).toBe(
      '{"type":"urn:writ:problem:unguarded","title":"The route is not guarded","status":500,"code":"unguarded"}',
    )
  })
})
