import fastify, { type FastifyInstance, type RouteShorthandOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writ } from '../src/index.ts'
import { options, send, tokenFor } from './support.ts'

const inBody = { resource: 'files', designate: { tenantId: { body: 'tenant' } } } as const
const named = { resource: 'files', designate: ['tenantId'] } as const
const [acme, globex] = [await tokenFor({ tenantId: 'acme' }, 'write'), await tokenFor({ tenantId: 'globex' }, 'write')]
const post = { method: 'POST' as const, payload: { tenant: 'acme' } }

let app: FastifyInstance
let warnings: (Error & { code?: string })[]
const note = (warning: Error) => warnings.push(warning)
beforeEach(() => {
  warnings = []
  process.on('warning', note)
})
afterEach(async () => {
  await app.close()
  process.off('warning', note)
})

/** An app with hooks before and after the guard, and in the route. */
async function build(route: RouteShorthandOptions, answers?: string) {
  app = fastify()
  const answer = (name: string) =>
    Object.defineProperty(
      async (request: { body: unknown }, reply: { send(body: unknown): unknown }) => {
        if (name === answers) return reply.send({ name, body: request.body ?? null })
        return undefined
      },
      'name',
      { value: name },
    ) as () => Promise<void>
  app.addHook('preValidation', answer('earlyValidation'))
  await app.register(writ, options)
  app.addHook('preParsing', answer('decompress') as never)
  app.addHook('preValidation', answer('lateValidation'))
  app.addHook('preHandler', answer('lateHandler'))
  const ofRoute = { preValidation: answer('validationOfRoute'), preHandler: answer('handlerOfRoute') }
  app.post('/files', { ...ofRoute, ...route }, async () => 'ok')
  app.post('/:tenantId/files', { ...ofRoute, config: { capability: named } }, async () => 'ok')
  await app.ready()
  // Node tells of a warning a moment later.
  await new Promise((resolve) => setImmediate(resolve))
}

describe('a hook that answers a request whose body designates', () => {
  it.each(['lateValidation', 'validationOfRoute', 'lateHandler', 'handlerOfRoute'])(
    'a hook that answers after the guard does so only for the object of the token: %s',
    async (name) => {
      await build({ config: { capability: inBody } }, name)
      expect(await send(app, '/files', globex, post)).toEqual([403, 'wrong_designation'])
      expect(await send(app, '/files', undefined, post)).toEqual([401, 'missing_token'])
      expect(await send(app, '/files', acme, post)).toEqual([200, { name, body: { tenant: 'acme' } }])
    },
  )

  it.each(['decompress', 'earlyValidation'])(
    'a hook that answers in preParsing or before the guard does so for any object, but never without a good token: %s',
    async (name) => {
      await build({ config: { capability: inBody } }, name)
      expect((await send(app, '/files', globex, post))[0]).toBe(200)
      expect(await send(app, '/files', undefined, post)).toEqual([401, 'missing_token'])
      expect(await send(app, '/files', await tokenFor(), post)).toEqual([403, 'wrong_operation'])
    },
  )
})

describe('the start of an app', () => {
  it('a warning at start-up names the hooks that run before the guard decides about a body, and no others', async () => {
    await build({ config: { capability: inBody } })
    expect(warnings.map(({ name, code, message }) => [name, code, message])).toEqual([
      [
        'WritWarning',
        'WRIT_EARLY_HOOKS',
        `These hooks run before the guard decides about the body, so they must not answer:
  POST /files: preParsing decompress, preValidation earlyValidation`,
      ],
    ])
  })

  it('no warning is emitted at start-up where no body designates', async () => {
    await build({ config: { capability: 'public' } })
    expect(warnings).toEqual([])
  })

  it('no warning is emitted at start-up where the guard comes before all hooks', async () => {
    app = fastify()
    await app.register(writ, options)
    app.addHook('preValidation', async () => {})
    app.post('/files', { config: { capability: inBody }, preValidation: async () => {} }, async () => 'ok')
    await app.ready()
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings).toEqual([])
  })

  it('a warning at start-up names the hooks of a route too, and hooks without a name', async () => {
    app = fastify()
    await app.register(writ, options)
    app.post('/files', { config: { capability: [inBody] }, preParsing: async () => {} }, async () => 'ok')
    app.get('/:tenantId', { config: { capability: named }, preParsing: async () => {} }, async () => 'ok')
    await app.ready()
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings.map(({ message }) => message.split('\n').slice(1))).toEqual([
      ['  POST /files: preParsing preParsing'],
    ])
  })
})
