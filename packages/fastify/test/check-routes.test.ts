import fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyPluginCallback } from 'fastify'
import { describe, expect, it } from 'vitest'
import { type RouteCapability, type WritOptions, writ } from '../src/index.ts'
import { options, send, tokenFor } from './support.ts'

const ok = async () => 'ok'
const files = { resource: 'files', designate: ['tenantId'] } as const
const guarded = { config: { capability: files } }

const asyncPlugin: FastifyPluginAsync = async (scope) => {
  scope.get('/:tenantId/in-plugin', guarded, ok)
}
const callbackPlugin: FastifyPluginCallback = (scope, _options, done) => {
  scope.get('/:tenantId/in-callback', guarded, ok)
  done()
}

/** What `ready` rejects with. */
async function refusalOf(app: FastifyInstance): Promise<unknown> {
  const error = await app.ready().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  await app.close()
  return error
}

describe('every route is guarded, wherever it is declared', () => {
  const places: [string, (app: FastifyInstance) => Promise<void>][] = [
    [
      'registered without await, after everything',
      async (app) => {
        app.get('/:tenantId/early', guarded, ok)
        app.register(asyncPlugin, { prefix: '/a' })
        app.register(callbackPlugin, { prefix: '/c' })
        app.register(writ, options)
      },
    ],
    [
      'registered with await, when earlier plugins are loaded',
      async (app) => {
        app.get('/:tenantId/early', guarded, ok)
        await app.register(asyncPlugin, { prefix: '/a' })
        await app.register(callbackPlugin, { prefix: '/c' })
        await app.register(writ, options)
      },
    ],
    [
      'registered without await, before everything',
      async (app) => {
        app.register(writ, options)
        app.get('/:tenantId/early', guarded, ok)
        app.register(asyncPlugin, { prefix: '/a' })
        app.register(callbackPlugin, { prefix: '/c' })
      },
    ],
    [
      'registered with await, before everything',
      async (app) => {
        await app.register(writ, options)
        app.get('/:tenantId/early', guarded, ok)
        await app.register(asyncPlugin, { prefix: '/a' })
        app.register(callbackPlugin, { prefix: '/c' })
      },
    ],
    [
      'registered in between, by an import',
      async (app) => {
        app.get('/:tenantId/early', guarded, ok)
        app.register(asyncPlugin, { prefix: '/a' })
        app.register(import('../src/index.ts'), options)
        app.register(callbackPlugin, { prefix: '/c' })
      },
    ],
  ]

  it.each(places)('%s', async (_name, build) => {
    const app = fastify()
    await build(app)
    for (const path of ['early', 'a', 'c']) {
      const url = { early: '/acme/early', a: '/a/acme/in-plugin', c: '/c/acme/in-callback' }[path]!
      expect(await send(app, url)).toEqual([401, 'missing_token'])
      expect(await send(app, url, await tokenFor({ tenantId: 'globex' }))).toEqual([403, 'wrong_designation'])
      expect(await send(app, url, await tokenFor())).toEqual([200, 'ok'])
    }
    await app.close()
  })

  it.each(places)('%s: the start-up error names the routes that declare nothing', async (_name, build) => {
    const app = fastify()
    app.get('/first', ok)
    app.register((scope, _options, done) => {
      scope.post('/in-callback', ok)
      done()
    })
    await build(app)
    app.register(async (scope) => {
      scope.route({ method: ['PUT', 'PATCH'], url: '/:id', handler: ok })
    })
    const error = await refusalOf(app)
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toBe(
      `TypeError: app: not every route is guarded
  PATCH,PUT /:id is not guarded
  GET,HEAD /first is not guarded
  POST /in-callback is not guarded`,
    )
  })
})

describe('the start is refused', () => {
  async function refusalWith(capability: unknown, url = '/:tenantId') {
    const app = fastify()
    app.register(writ, options)
    app.get(url, { exposeHeadRoute: false, config: { capability: capability as RouteCapability } }, ok)
    return String(await refusalOf(app))
  }

  it.each([
    ["capability: must be a requirement, an array of them, or 'public'", 'Public'],
    ["capability: must be a requirement, an array of them, or 'public'", null],
    ["capability: must be a requirement, an array of them, or 'public'", false],
    ['capability: an array must hold at least one requirement', []],
    ['requirement: must be an object', ['public']],
    ['resource: is required', {}],
    ['resorce: unknown option', { resorce: 'files' }],
    ['designate.anchor: the label is reserved', { resource: 'files', designate: { anchor: 'tenantId' } }],
    ['designate: "id" is not a param of this path', { resource: 'files', designate: ['tenantId', 'id'] }],
    ['designate: "id" is not a param of this path', [{ resource: 'files' }, { resource: 'files', designate: ['id'] }]],
  ])('the app does not start because of a route with "%s"', async (message, capability) => {
    expect(await refusalWith(capability)).toContain(`\n  GET /:tenantId: ${message}`)
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'then'])(
    'the app does not start because of a route without the param %s that designates',
    async (name) => {
      expect(await refusalWith({ resource: 'files', designate: { tenantId: name } })).toContain(
        `designate: "${name}" is not a param of this path`,
      )
    },
  )

  it('the app starts with a param that is a wildcard, optional, or one of several in a segment', async () => {
    for (const [url, name] of [
      ['/files/*', '*'],
      ['/files/:id?', 'id'],
      ['/files/:from-:to', 'to'],
      ['/files/:id(^\\d+$).png', 'id'],
    ] as const) {
      expect(await refusalWith({ resource: 'files', designate: { file: name } }, url)).toBe('undefined')
    }
    expect(await refusalWith({ resource: 'files', designate: ['id'] }, '/files/::id')).toContain('is not a param')
  })

  it('the app does not start with wrong or unknown options, and the error names them', async () => {
    const wrong: [string, object][] = [
      ['keys: is required', { keys: undefined }],
      ['realm: must be', { realm: '"' }],
      ['key: unknown option', { key: 'x' }],
      ['prefix: unknown option', { prefix: '/x' }],
      ['denyByDefault: must be', { denyByDefault: 'no' }],
      ['public: must be', { public: '/healthz' }],
      ['public: must be', { public: [''] }],
      ['public: must be', { public: [1] }],
    ]
    for (const [message, more] of wrong) {
      const app = fastify()
      app.register(writ, { ...options, ...more } as WritOptions)
      const error = await refusalOf(app)
      expect(error).toBeInstanceOf(TypeError)
      expect(String(error)).toContain(`TypeError: ${message}`)
    }
  })

  it('the app does not start if the guard is registered twice', async () => {
    const app = fastify()
    app.register(writ, options)
    app.register(writ, options)
    expect(await refusalOf(app)).toMatchObject({ code: 'FST_ERR_DEC_ALREADY_PRESENT' })
  })
})

describe('what a plugin gives its routes', () => {
  it('a capability that a later onRoute hook of another plugin declares counts', async () => {
    const app = fastify()
    app.register(writ, options)
    app.register(async (scope) => {
      scope.addHook('onRoute', (route) => {
        route.config = { capability: 'public', ...route.config }
      })
      scope.get('/open', ok)
      scope.get('/:tenantId/closed', guarded, ok)
    })
    expect(await send(app, '/open')).toEqual([200, 'ok'])
    expect(await send(app, '/acme/closed')).toEqual([401, 'missing_token'])
  })

  it('a guard that is registered in a plugin guards the routes of that plugin only', async () => {
    const app = fastify()
    app.get('/open', ok)
    app.register(async (scope) => {
      await scope.register(writ, options)
      scope.get('/:tenantId', guarded, ok)
    })
    app.register(
      async (scope) => {
        await scope.register(writ, { ...options, realm: 'other' })
        scope.get('/:tenantId', guarded, ok)
      },
      { prefix: '/other' },
    )
    expect(await send(app, '/open')).toEqual([200, 'ok'])
    expect((await app.inject('/acme')).headers['www-authenticate']).toBe('Bearer realm="writ"')
    expect((await app.inject('/other/acme')).headers['www-authenticate']).toBe('Bearer realm="other"')
  })

  it('a route that declares a capability outside of the plugin with the guard is reported', async () => {
    const app = fastify()
    app.get('/:tenantId/outside', guarded, ok)
    app.register(async (scope) => {
      await scope.register(writ, options)
      scope.get('/inside', ok)
    })
    expect(String(await refusalOf(app))).toBe(
      `TypeError: app: not every route is guarded
  GET,HEAD /:tenantId/outside: a capability is declared, but the guard is registered in a plugin that does not hold it
  GET,HEAD /inside is not guarded`,
    )
  })
})

describe('denyByDefault', () => {
  it('denyByDefault: false leaves routes that declare nothing open, and the others guarded', async () => {
    const app = fastify()
    app.register(writ, { ...options, denyByDefault: false })
    app.get('/open', ok)
    app.get('/:tenantId', guarded, ok)
    expect(await send(app, '/open')).toEqual([200, 'ok'])
    expect(await send(app, '/acme')).toEqual([401, 'missing_token'])
  })

  it('denyByDefault: false still rejects a wrong requirement', async () => {
    const app = fastify()
    app.register(writ, { ...options, denyByDefault: false })
    app.get('/', { config: { capability: {} as RouteCapability } }, ok)
    expect(String(await refusalOf(app))).toContain('resource: is required')
  })

  it('denyByDefault uses the routes of onRoute, and answers 500 unguarded, if the router does not list its routes', async () => {
    const app = fastify()
    // Declared early, so that no onRoute hook hears of it.
    app.get('/early', ok)
    app.get('/:tenantId/early', guarded, ok)
    app.printRoutes = () => ''
    app.register(writ, options)
    expect(await send(app, '/early', await tokenFor())).toEqual([500, 'unguarded'])
    expect(await send(app, '/acme/early', await tokenFor())).toEqual([200, 'ok'])

    const late = fastify()
    late.printRoutes = () => ''
    await late.register(writ, options)
    late.get('/late', ok)
    late.get('/:tenantId', guarded, ok)
    expect(String(await refusalOf(late))).toBe(
      'TypeError: app: not every route is guarded\n  GET,HEAD /late is not guarded',
    )
  })
})

describe('public', () => {
  const routes = ['/:tenantId', '/docs', '/docs/json', '/healthz']
  async function unguarded(exempt: WritOptions['public']) {
    const app = fastify({ exposeHeadRoutes: false })
    app.register(writ, { ...options, public: exempt })
    for (const url of routes) app.get(url, ok)
    return String(await refusalOf(app)).match(/\/\S+/g) ?? []
  }

  it('public names routes by a pattern, an expression or a function', async () => {
    expect(await unguarded([])).toEqual(routes)
    expect(await unguarded(['/docs'])).toEqual(['/:tenantId', '/docs/json', '/healthz'])
    expect(await unguarded([/^\/docs(\/|$)/g])).toEqual(['/:tenantId', '/healthz'])
    expect(await unguarded([({ url, method }) => url === '/healthz' && method.join() === 'GET'])).toEqual(
      routes.slice(0, -1),
    )
    expect(await unguarded(['/healthz', /docs/, ({ url }) => url.startsWith('/:')])).toEqual([])
  })

  it('public does not accept a promise as true', async () => {
    expect(await unguarded([(async () => true) as unknown as () => boolean])).toEqual(routes)
  })

  it('public does not open a route that declares a capability', async () => {
    const app = fastify()
    app.register(writ, { ...options, public: [/./] })
    app.get('/:tenantId', guarded, ok)
    app.get('/open', ok)
    expect(await send(app, '/acme')).toEqual([401, 'missing_token'])
    expect(await send(app, '/open')).toEqual([200, 'ok'])
  })
})
