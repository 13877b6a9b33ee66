import { fileURLToPath } from 'node:url'
import cors from '@fastify/cors'
import files from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { requirementOf, type WritOptions, writ } from '../src/index.ts'
import { authority, options, send, tokenFor } from './support.ts'

const ORIGIN = 'https://app.example'
const route = { config: { capability: { resource: 'files', designate: ['tenantId'] } } } as const
const root = fileURLToPath(new URL('.', import.meta.url))

let app: FastifyInstance
afterEach(() => app.close())

/** An app on which `register` is called before or after the guard is registered. */
async function build(order: 'before' | 'after', more: Partial<WritOptions>, register: () => void | Promise<void>) {
  app = fastify()
  if (order === 'before') await register()
  app.register(writ, { ...options, ...more })
  if (order === 'after') await register()
  app.get('/:tenantId/logo', route, async () => 'ok')
}

/** The start is refused, and tells these paths. */
async function refusedPaths(): Promise<string[]> {
  const message = await app.ready().then(
    () => '',
    (error: TypeError) => error.message,
  )
  return [...message.matchAll(/^ {2}\S+ (\S+) is not guarded$/gm)].map(([, path]) => path!)
}

describe.each(['before', 'after'] as const)('registered %s the guard', (order) => {
  const preflight = { method: 'OPTIONS' as const, headers: { origin: ORIGIN, 'access-control-request-method': 'GET' } }

  it('@fastify/cors answers preflights, and its route need not be named in public', async () => {
    await build(order, {}, () => void app.register(cors, { origin: ORIGIN }))
    const response = await app.inject({ ...preflight, url: '/acme/logo' })
    expect([response.statusCode, response.headers['access-control-allow-origin']]).toEqual([204, ORIGIN])
    expect(await send(app, '/acme/logo', undefined, { headers: { origin: ORIGIN } })).toEqual([401, 'missing_token'])
    expect(await send(app, '/acme/logo', await tokenFor())).toEqual([200, 'ok'])
  })

  it('the route of @fastify/cors in a plugin with a prefix need not be named in public either', async () => {
    await build(order, {}, () => {
      app.register(async (scope) => void scope.register(cors, { origin: ORIGIN }), { prefix: '/api' })
    })
    expect((await app.inject({ ...preflight, url: '/api/x' })).statusCode).toBe(204)
    expect((await app.inject({ ...preflight, url: '/acme/logo' })).statusCode).toBe(404)
  })

  it('a route OPTIONS * that @fastify/cors did not add is reported', async () => {
    await build(order, {}, () => void app.options('*', async () => 'secret'))
    expect(await refusedPaths()).toEqual(['*'])
  })

  describe.each<{ preflight?: boolean; preflightContinue?: boolean }>([
    {},
    { preflight: false },
    { preflightContinue: true },
  ])('beside @fastify/cors with %j', (allow) => {
    const handler = async () => 'secret'
    const RIVALS: Record<string, [path: string, declare: (scope: FastifyInstance) => void]> = {
      'options in a child plugin': ['/api*', (scope) => void scope.options('*', handler)],
      'method: [OPTIONS]': ['/api*', (scope) => void scope.route({ method: ['OPTIONS'], url: '*', handler })],
      'a schema that hides it': [
        '/api*',
        (scope) => void scope.options('*', { schema: { hide: true } as object }, handler),
      ],
      'a constraint': [
        '*',
        () => app.route({ method: 'OPTIONS', url: '*', constraints: { host: 'admin.example' }, handler }),
      ],
      'a constraint, and a schema that hides it': [
        '*',
        () => void app.options('*', { constraints: { host: 'a.example' }, schema: { hide: true } as object }, handler),
      ],
    }

    it.each(Object.keys(RIVALS))('an OPTIONS route of the app beside @fastify/cors is reported: %s', async (rival) => {
      const [path, declare] = RIVALS[rival]!
      await build(order, {}, async () => void (await app.register(cors, allow)))
      app.register(async (scope) => declare(scope), { prefix: '/api' })
      expect(await refusedPaths()).toEqual([path])
    })

    it('preflights are answered without a token, and nothing else', async () => {
      await build(order, {}, () => void app.register(cors, allow))
      const { preflight: isOn = true, preflightContinue: isContinued = false } = allow
      const answered = isContinued ? 200 : 204
      expect((await app.inject({ ...preflight, url: '/acme/logo' })).statusCode).toBe(isOn ? answered : 404)
      expect(await send(app, '/acme/logo')).toEqual([401, 'missing_token'])
    })
  })

  it('@fastify/cors in a plugin and then in the whole app answers preflights of both', async () => {
    await build(order, {}, () => {
      app.register(async (scope) => void scope.register(cors, { origin: ORIGIN }), { prefix: '/api' })
      app.register(cors, { origin: 'https://other.example', hideOptionsRoute: false })
    })
    const origins = await Promise.all(['/api/x', '/acme/logo'].map((url) => app.inject({ ...preflight, url })))
    expect(origins.map(({ headers }) => headers['access-control-allow-origin'])).toEqual([
      ORIGIN,
      'https://other.example',
    ])
  })

  it('the routes of @fastify/swagger-ui and @fastify/static are reported until public names them', async () => {
    const register = async () => {
      app.register(swagger)
      app.register(swaggerUi, { routePrefix: '/docs' })
      app.register(files, { root, prefix: '/assets' })
    }
    await build(order, {}, register)
    const paths = await refusedPaths()
    expect(paths).toContain('/docs/json')
    expect(paths).toContain('/assets/*')
    expect(paths.filter((path) => !/^\/(docs|assets)/.test(path))).toEqual([])
    await app.close()

    await build(order, { public: [/^\/docs(\/|$)/, '/assets/*'] }, register)
    expect((await send(app, '/docs/json'))[0]).toBe(200)
    expect((await send(app, '/docs/'))[0]).toBe(200)
    expect((await send(app, '/docs/static/swagger-ui.css'))[0]).toBe(200)
    expect((await send(app, '/assets/plugins.test.ts'))[0]).toBe(200)
    expect((await send(app, '/assets/none'))[0]).toBe(404)
    expect(await send(app, '/acme/logo')).toEqual([401, 'missing_token'])
  })

  it('files that @fastify/static serves as single routes are guarded by what an onRoute hook declares', async () => {
    await build(order, {}, () => {
      app.register(async (scope) => {
        scope.addHook('onRoute', (one) => {
          one.config = { ...one.config, capability: { resource: 'assets' } }
        })
        scope.register(files, { root, prefix: '/assets', wildcard: false })
      })
    })
    expect(await send(app, '/assets/plugins.test.ts')).toEqual([401, 'missing_token'])
    const token = await authority.mint({ resource: 'assets', operation: 'read' })
    expect((await send(app, '/assets/plugins.test.ts', token))[0]).toBe(200)
  })

  it('a transform of @fastify/swagger can say what a route demands', async () => {
    await build(order, {}, async () => {
      await app.register(swagger, {
        transform: ({ schema, url, route }) => {
          const requirement = requirementOf(route)
          const description = typeof requirement === 'object' && 'resource' in requirement ? requirement.resource : ''
          return { schema: { ...schema, description }, url }
        },
      })
    })
    await app.ready()
    expect(app.swagger().paths?.['/{tenantId}/logo']?.get?.description).toBe('files')
  })
})

it('@fastify/cors before the guard lets a page read the refusal; after it, the page reads nothing', async () => {
  for (const order of ['before', 'after'] as const) {
    await build(order, {}, () => void app.register(cors, { origin: ORIGIN }))
    const { headers } = await app.inject({ url: '/acme/logo', headers: { origin: ORIGIN } })
    expect(headers['access-control-allow-origin']).toBe(order === 'before' ? ORIGIN : undefined)
    await app.close()
  }
})
