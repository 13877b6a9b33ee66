import { CapabilityError, type VerifiedCapability } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import fc from 'fast-check'
import { type Context, Hono } from 'hono'
import { every, except } from 'hono/combine'
import { describe, expect, it, vi } from 'vitest'
import {
  capability,
  optionalCapability,
  RefusalError,
  type RequestView,
  requirementOf,
  type WritOptions,
  writ,
} from '../src/index.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }
const guard = writ(options)
const files = guard.with({ resource: 'files', designate: ['tenantId'] })
const ok = (c: Context) => c.json('ok')

/** One GET, with a token for the files of acme unless said otherwise. */
async function get(
  app: Hono,
  path: string,
  env?: object,
  headers: Record<string, string> = authority.headersFor(token),
) {
  const response = await app.request(path, { headers }, env)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const codeOf = ({ text }: { text: string }): string => JSON.parse(text).code

describe('writ', () => {
  it.each([
    ['keys: is required', {}],
    ['key: unknown option', { key: authority.publicKey, keys: authority.publicKey }],
    ['realm: must be', { keys: authority.publicKey, realm: '"' }],
    ['options: must be', undefined],
  ])('throws a TypeError "%s" when it is built', (message, wrong) => {
    expect(() => writ(wrong as never)).toThrow(TypeError)
    expect(() => writ(wrong as never)).toThrow(new RegExp(`^${message}`))
  })
})

describe('options that are a function', () => {
  const counted = () => {
    const optionsOf = vi.fn((_c: Context) => options)
    const app = new Hono().get('/:tenantId', writ(optionsOf)({ resource: 'files', designate: ['tenantId'] }), ok)
    return { app, optionsOf }
  }

  it('options that are a function are asked for once per env, by the first request that needs them', async () => {
    const { app, optionsOf } = counted()
    expect(optionsOf).not.toHaveBeenCalled()
    const [first, second] = [{ KEY: '1' }, { KEY: '1' }]
    for (const env of [first, first, second, first, second])
      expect(await get(app, '/acme', env)).toMatchObject({ status: 200 })
    expect(optionsOf.mock.calls.map(([c]) => c.env)).toEqual([first, second])
  })

  it('options that are a function are asked for once where there is no env', async () => {
    const { app, optionsOf } = counted()
    for (const _ of [1, 2]) expect(await get(app, '/acme')).toMatchObject({ status: 200 })
    expect(optionsOf).toHaveBeenCalledTimes(1)
  })

  it('options that are a function decide by the keys of their env', async () => {
    const byEnv = writ<{ Bindings: { KEY: string } }>((c) => ({ ...options, keys: c.env.KEY }) as never)
    const app = new Hono().get('/:tenantId', byEnv({ resource: 'files', designate: ['tenantId'] }) as never, ok)
    const mallory = await createTestAuthority()
    expect(await get(app, '/acme', { KEY: authority.publicKey })).toMatchObject({ status: 200 })
    expect(codeOf(await get(app, '/acme', { KEY: mallory.publicKey }))).toBe('invalid_signature')
  })

  it('an option function that fails or returns wrong options goes to onError on every request, and never lets one pass', async () => {
    const errors: Error[] = []
    for (const [wrong, message] of [
      [() => ({ keys: authority.publicKey, key: 1 }), 'key: unknown option'],
      [() => undefined, 'options: must be an object'],
      [async () => options, 'keys: is required'],
      [
        () => {
          throw new Error('no binding')
        },
        'no binding',
      ],
    ] as const) {
      const app = new Hono().get('/:tenantId', writ(wrong as never)({ resource: 'files', optional: true }), ok)
      app.onError((error, c) => {
        errors.push(error)
        return c.text('', 500)
      })
      for (const _ of [1, 2]) {
        expect(await get(app, '/acme', {}, {})).toMatchObject({ status: 500 })
        expect(errors.pop()?.message).toMatch(new RegExp(`^${message}`))
      }
    }
  })

  it('public routes do not ask for options that are a function', async () => {
    const optionsOf = vi.fn(() => options)
    const app = new Hono().get('/healthz', writ(optionsOf).public(), ok)
    expect(await get(app, '/healthz')).toMatchObject({ status: 200 })
    expect(optionsOf).not.toHaveBeenCalled()
  })
})

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

describe('a guard', () => {
  it('a guard in use(path) sees only the params of its own pattern', async () => {
    const app = new Hono()
      .use('/t/:tenantId/*', files())
      .get('/t/:tenantId/logo', (c) => c.json(capability(c).designations))
    expect(await get(app, '/t/acme/logo')).toMatchObject({ status: 200, text: '{"tenantId":"acme"}' })
    expect(codeOf(await get(app, '/t/globex/logo'))).toBe('wrong_designation')
    expect(codeOf(await get(new Hono().use(files()).get('/:tenantId', ok), '/acme'))).toBe('source_missing')
  })

  it('a guard within every and except works, although assertGuarded does not count it', async () => {
    const app = new Hono()
    app.use('/a/:tenantId', every(files(), guard({ resource: 'files', designate: { tenantId: () => 'acme' } })))
    app.use('/b/:tenantId', except('/b/public', files()))
    app.get('/:any/:tenantId', (c) => c.json(optionalCapability(c)?.subject ?? null))
    expect(await get(app, '/a/acme')).toMatchObject({ status: 200, text: '"alice"' })
    expect(await get(app, '/a/globex')).toMatchObject({ status: 403 })
    expect(await get(app, '/b/globex')).toMatchObject({ status: 403 })
    expect(await get(app, '/b/public', {}, {})).toMatchObject({ status: 200, text: 'null' })
  })

  it.each(['%zz', '%', '%2', '%ff', '%c3', '%C0%80', 'a%zz'])(
    'a guard takes no param from a path with %j in it, which Hono does not decode',
    async (segment) => {
      const runs: string[] = []
      const seen = (c: Context) => {
        runs.push(c.req.path)
        return c.text('seen')
      }
      const named = { resource: 'files', operation: 'read', designations: { tenantId: segment } }
      const literal = authority.headersFor(await authority.mint(named))
      const byFunction = guard({ resource: 'files', designate: { tenantId: ({ params }) => params['tenantId'] } })
      const app = new Hono().get('/a/:tenantId/*', files(), seen).get('/b/:tenantId', byFunction, seen)
      for (const path of [`/a/${segment}/x`, `/a/acme/${segment}`, `/b/${segment}`]) {
        for (const headers of [literal, authority.headersFor(token)])
          expect(codeOf(await get(app, path, {}, headers))).toBe('source_empty')
      }
      expect(runs).toEqual([])
      expect((await get(app, `/b/${encodeURIComponent(segment)}`, {}, literal)).text).toBe('seen')
    },
  )

  it('a guard reads a query as Hono does, but refuses one that repeats the name or does not decode', async () => {
    const texts = [
      'a',
      'id',
      '1',
      '+',
      '%20',
      '%69',
      '%2B',
      '%26',
      '=',
      '&',
      '?',
      ';',
      '%EF%BB%BF',
      '%00',
      'é',
      '%C3%A9',
      '%',
      '%zz',
      '%ff',
    ]
    const seen: unknown[] = []
    const designate = {
      tenantId: ({ query }: RequestView, c: Context) => {
        seen.push([query.get('id') ?? undefined, query.getAll('id')], [c.req.query('id'), c.req.queries('id') ?? []])
        return 'acme'
      },
    }
    const app = new Hono().get('/', guard({ resource: 'files', designate }), ok)
    const property = fc.asyncProperty(fc.array(fc.constantFrom(...texts, 'id='), { maxLength: 8 }), async (parts) => {
      seen.length = 0
      const search = parts.join('')
      const isPlain =
        decodes(encodeURI(search).replaceAll('%25', '%')) && new URLSearchParams(search).getAll('id').length < 2
      expect((await get(app, `/?${search}`)).status).toBe(isPlain ? 200 : 400)
      expect(seen[0]).toEqual(isPlain ? seen[1] : undefined)
    })
    await fc.assert(property, { examples: [[['id=', '%ff']], [['id=', '%69']], [['%69', '=', '1', '&', 'id=']]] })
  })

  it('a guard reads a body only if its type is JSON, and the handler can read it again', async () => {
    const written = await authority.mint({ resource: 'files', operation: 'write', designations: { account: 'a1' } })
    const byBody = guard({ resource: 'files', designate: { account: { body: 'accountId' } } })
    const app = new Hono().post('/', byBody, async (c) => c.json(await c.req.json()))
    const post = async (type: string, body: string) => {
      const headers = { ...authority.headersFor(written), 'content-type': type }
      return app.request('/', { method: 'POST', headers, body })
    }
    for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/vnd.acme.v1+json']) {
      expect(await (await post(type, '{"accountId":"a1"}')).json()).toEqual({ accountId: 'a1' })
      expect(codeOf({ text: await (await post(type, '{"accountId":"a2"}')).text() })).toBe('wrong_designation')
    }
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'application/jsonx',
      '',
      'x; application/json',
    ])
      expect(codeOf({ text: await (await post(type, '{"accountId":"a1"}')).text() })).toBe('source_empty')
    expect(codeOf({ text: await (await post('application/json', '{')).text() })).toBe('source_empty')
  })

  it('a guard refuses repeated Authorization headers, which Hono gets as one joined value', async () => {
    const app = new Hono().get('/:tenantId', files(), ok)
    const headers = new Headers(authority.headersFor(token))
    headers.append('authorization', `Bearer ${token}`)
    const response = await app.request('/acme', { headers })
    expect(codeOf({ text: await response.text() })).toBe('malformed_token')
  })

  it('a guard sees the request as earlier middleware left it', async () => {
    const app = new Hono()
    app.use(async (c, next) => {
      c.req.raw = new Request(c.req.raw, { headers: authority.headersFor(c.req.header('cookie') ?? '') })
      await next()
    })
    app.get('/:tenantId', files(), ok)
    expect(await get(app, '/acme', {}, { cookie: token })).toMatchObject({ status: 200 })
    expect(codeOf(await get(app, '/acme', {}, { cookie: 'x' }))).toBe('malformed_token')
  })

  it('the capability of the last guard is attached, and is not a visible property of the context', async () => {
    let first: VerifiedCapability | undefined
    const app = new Hono()
    app.use('/:tenantId', files(), async (c, next) => {
      first = capability(c)
      await next()
    })
    app.get('/:tenantId', files(), (c) => {
      expect(capability(c)).not.toBe(first)
      return c.json([c.var, Object.keys(c).filter((key) => /capab|writ/i.test(key))])
    })
    expect(await get(app, '/acme')).toMatchObject({ status: 200, text: '[{},[]]' })
  })

  it('a refusal keeps other headers of earlier middleware, but none in place of its own', async () => {
    const app = new Hono()
    app.use(async (c, next) => {
      c.header('Cache-Control', 'public')
      c.header('X-Request-Id', '7')
      c.res.headers.set('WWW-Authenticate', 'Basic')
      c.header('Content-Type', 'text/html')
      c.status(201)
      await next()
    })
    app.get('/:tenantId', files(), ok)
    const { status, headers } = await get(app, '/globex')
    expect([
      status,
      ...['x-request-id', 'cache-control', 'www-authenticate', 'content-type'].map((name) => headers.get(name)),
    ]).toEqual([
      403,
      '7',
      'no-store',
      'Bearer realm="writ", error="insufficient_scope", scope="files:read"',
      'application/problem+json; charset=utf-8',
    ])
  })

  it('a guard refuses even if earlier middleware has answered before it called next', async () => {
    const app = new Hono()
    app.use(async (c, next) => {
      c.res = c.json({ secret: 1 })
      await next()
    })
    app.get('/:tenantId', files(), ok)
    const { status, text } = await get(app, '/globex')
    expect([status, codeOf({ text })]).toEqual([403, 'wrong_designation'])
  })
})

describe("refuse: 'error'", () => {
  it('a refusal with refuse: error is answered as the guard does if the app has no onError', async () => {
    const build = (refuse: 'answer' | 'error') =>
      new Hono().get('/:tenantId', writ({ ...options, refuse })({ resource: 'files', designate: ['tenantId'] }), ok)
    const expected = await get(build('answer'), '/globex')
    for (const refuse of ['error'] as const) {
      const { status, headers, text } = await get(build(refuse), '/globex')
      expect({ status, headers: [...headers], text }).toEqual({ ...expected, headers: [...expected.headers] })
    }
  })

  it('the error of refuse: error shows neither values nor a stack when it is logged as JSON', async () => {
    const errors: Error[] = []
    const app = new Hono().get(
      '/:tenantId',
      writ({ ...options, refuse: 'error' })({ resource: 'files', designate: ['tenantId'] }),
    )
    app.onError((error, c) => {
      errors.push(error)
      return c.text('refused', 403)
    })
    expect(await get(app, '/globex')).toMatchObject({ status: 403, text: 'refused' })
    const [error] = errors
    expect([error instanceof CapabilityError, error instanceof RefusalError]).toEqual([true, true])
    expect(error).toMatchObject({ status: 403, code: 'wrong_designation', label: 'tenantId', actual: 'globex' })
    expect(JSON.stringify(error)).toBe('{"name":"CapabilityError","code":"wrong_designation"}')
  })
})

describe('capability', () => {
  it('capability() without a guard throws an error that names the pattern of the route, not the path', async () => {
    const errors: unknown[] = []
    const app = new Hono().get('/:tenantId/open', (c) => {
      expect(optionalCapability(c)).toBe(undefined)
      return c.json(capability(c))
    })
    app.onError((error, c) => {
      errors.push(error)
      return c.text('', 500)
    })
    expect((await get(app, '/%0Aforged/open')).status).toBe(500)
    expect(String(errors[0])).toMatch(/^Error: GET \/:tenantId\/open: no capability is attached/)
  })
})

describe('capability outside of routes', () => {
  it('capability() outside of a route throws the same error, without a route to name', async () => {
    const app = new Hono().notFound((c) => c.text(optionalCapability(c)?.subject ?? capability(c).subject))
    app.onError((error, c) => c.text(error.message))
    expect((await get(app, '/x')).text).toMatch(/^GET \(no route\): no capability is attached/)
  })
})

describe('requirementOf', () => {
  it('requirementOf returns what a handler or a route demands, also in a sub-app that handles its own errors', () => {
    const reading = files({ operation: 'list' })
    const sub = new Hono().onError((_error, c) => c.text('', 500)).get('/:tenantId', reading, ok)
    const app = new Hono().route('/sub', sub).post('/open', guard.public(), ok)
    expect(requirementOf(reading)).toMatchObject({ resource: 'files', operation: 'list' })
    expect(app.routes.map(requirementOf)).toEqual([requirementOf(reading), undefined, 'public', undefined])
    expect(app.routes.map(({ handler }) => handler)).not.toContain(reading)
  })
})
