import { type IncomingMessage, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate, setTimeout } from 'node:timers/promises'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { type WritOptions, writ } from '../src/index.ts'
import { authority, options, tokenFor } from './support.ts'

const REQUESTS = 20

let app: FastifyInstance
const failures: unknown[] = []
const note = (failure: unknown) => failures.push(failure)
afterEach(async () => {
  await app.close()
  process.off('unhandledRejection', note).off('uncaughtException', note)
})

let count = 0
const jitter = () => setTimeout(count++ % 4)

/** What delays an answer, so that it is not sent yet when `send` returns. */
const SLOW: Record<string, (slow: FastifyInstance) => void> = {
  'an async onSend hook': (slow) => {
    slow.addHook('onSend', async (_request, _reply, payload) => {
      await jitter()
      return payload
    })
  },
  'an onSend hook with a callback': (slow) => {
    slow.addHook('onSend', (_request, _reply, payload, done) => {
      void jitter().then(() => done(null, payload))
    })
  },
  'an onSend hook that answers with a stream': (slow) => {
    slow.addHook('onSend', async (_request, _reply, payload) => {
      await jitter()
      return Readable.from([Buffer.from(String(payload))])
    })
  },
  'an onSend hook that fails': (slow) => {
    slow.addHook('onSend', async () => {
      await jitter()
      throw new Error('the store is down')
    })
  },
  'async preSerialization and onError hooks': (slow) => {
    slow.addHook('preSerialization', async (_request, _reply, payload) => {
      await jitter()
      return payload
    })
    slow.addHook('onError', async () => jitter())
  },
  'an error handler that takes its time': (slow) => {
    slow.setErrorHandler(async (error: Error & { status?: number }, _request, reply) => {
      await jitter()
      return reply.code(error.status ?? 500).send({ message: error.message })
    })
  },
}

const schema = { params: { type: 'object', properties: { file: { type: 'integer' } } } }
const inBody = { resource: 'files', designate: { tenantId: { body: 'tenant' } } } as const

/** A request that is refused, and the hooks that may run before it is. */
const REFUSED = {
  'in onRequest': {
    path: '/files/5',
    token: undefined,
    tenant: 'acme',
    ran: ['onRequest of the root, before the guard'],
  },
  'when its body is parsed': {
    path: '/',
    token: await tokenFor({ tenantId: 'globex' }, 'write'),
    tenant: 'acme',
    ran: [
      'onRequest of the root, before the guard',
      'onRequest of the root',
      'onRequest of the plugin',
      'onRequest of the route',
      'preParsing of the root, before the guard',
      'preParsing of the root',
      'preParsing of the plugin',
      'preParsing of the route',
      'preValidation of the root, before the guard',
    ],
  },
  'when its params are coerced': {
    path: '/files/05',
    token: await tokenFor({ file: '05' }, 'write'),
    tenant: 'acme',
    ran: undefined,
  },
}

const HOOKS = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const

async function start(slow: (slow: FastifyInstance) => void, more: Partial<WritOptions>, style: 'async' | 'callback') {
  const ran: string[] = []
  process.on('unhandledRejection', note).on('uncaughtException', note)
  failures.length = 0
  const hookOf = (name: string) =>
    style === 'async'
      ? async () => void ran.push(name)
      : (...args: unknown[]) => {
          ran.push(name)
          ;(args.at(-1) as () => void)()
        }
  const journal = (scope: FastifyInstance, where: string) => {
    for (const hook of HOOKS) scope.addHook(hook as 'onRequest', hookOf(`${hook} of the ${where}`))
  }
  app = fastify()
  slow(app)
  journal(app, 'root, before the guard')
  app.register(writ, { ...options, ...more })
  app.after(() => journal(app, 'root'))
  app.register(async (plugin) => {
    journal(plugin, 'plugin')
    const ofRoute = Object.fromEntries(HOOKS.map((hook) => [hook, hookOf(`${hook} of the route`)]))
    const handler = async () => {
      ran.push('handler')
      return 'secret'
    }
    plugin.post('/', { ...ofRoute, config: { capability: inBody } }, handler)
    const coerced = { resource: 'files', designate: ['file'] } as const
    plugin.post('/files/:file', { ...ofRoute, schema, config: { capability: coerced } }, handler)
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return ran
}

async function post(path: string, token: string | undefined, tenant: string): Promise<[number, string]> {
  const { port } = app.server.address() as AddressInfo
  const headers = { 'content-type': 'application/json', ...(token && authority.headersFor(token)) }
  const body = JSON.stringify({ tenant })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = send({ port, path, method: 'POST', headers }, resolve).on('error', reject)
    // In two parts, so that the body is not there yet when the headers are decided about.
    request.write(body.slice(0, 4))
    void setImmediate().then(() => request.end(body.slice(4)))
  })
  const parts = await response.toArray()
  return [response.statusCode!, Buffer.concat(parts).toString()]
}

describe.each(Object.keys(REFUSED) as (keyof typeof REFUSED)[])('a request that is refused %s', (when) => {
  const { path, token, tenant, ran: expected } = REFUSED[when]
  const last = [...HOOKS.slice(0, 3).flatMap((hook) => whereOf(hook)), 'preHandler of the root, before the guard']

  describe.each(['answer', 'error'] as const)("with refuse: '%s'", (refuse) => {
    it.each(Object.keys(SLOW))('a refused request goes no further with %s', async (slow) => {
      const ran = await start(SLOW[slow]!, { refuse }, count % 2 === 0 ? 'async' : 'callback')
      const answers = await Promise.all(Array.from({ length: REQUESTS }, () => post(path, token, tenant)))
      for (let turn = 0; turn < 10; turn += 1) await setImmediate()
      for (const [status, body] of answers) {
        if (slow !== 'an onSend hook that fails' || refuse === 'answer') expect(status).toBe(token ? 403 : 401)
        expect(status).toBeGreaterThanOrEqual(400)
        expect(body).not.toContain('secret')
      }
      expect([...new Set(ran)]).toEqual(expected ?? last)
      expect(ran.length).toBe(REQUESTS * (expected ?? last).length)
      expect(failures).toEqual([])
    })
  })
})

function whereOf(hook: string): string[] {
  return ['root, before the guard', 'root', 'plugin', 'route'].map((where) => `${hook} of the ${where}`)
}

it.each(Object.keys(SLOW))('a route that nothing guards is answered 500 and goes no further with %s', async (slow) => {
  process.on('unhandledRejection', note).on('uncaughtException', note)
  failures.length = 0
  const ran: string[] = []
  app = fastify()
  SLOW[slow]!(app)
  // Declared before the guard is loaded, and not listed: nobody hears of it at start-up.
  app.post('/', { preHandler: async () => void ran.push('preHandler') }, async () => {
    ran.push('handler')
    return 'secret'
  })
  app.printRoutes = () => ''
  app.register(writ, options)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const answers = await Promise.all(Array.from({ length: REQUESTS }, () => post('/', undefined, 'acme')))
  for (let turn = 0; turn < 10; turn += 1) await setImmediate()
  expect([...new Set(answers.map(([status]) => status))]).toEqual([500])
  expect(answers.join()).not.toContain('secret')
  expect(ran).toEqual([])
  expect(failures).toEqual([])
})

describe('an onDecision hook that reads the body of the request', () => {
  const READS: Record<string, WritOptions['onDecision']> = {
    'reads body': (_decision, { request }) => void request.body,
    'waits for body': async (_decision, { request }) => void (await request.body),
    'spreads the request': (_decision, { request }) => void { ...request },
  }

  describe.each(Object.keys(READS))('%s', (how) => {
    it.each(['answer', 'error'] as const)(
      "a refused request goes no further where onDecision reads its body, with refuse: '%s'",
      async (refuse) => {
        const ran = await start(() => {}, { refuse, onDecision: READS[how] }, 'async')
        for (const path of ['/', '/files/5']) {
          ran.length = 0
          expect((await post(path, undefined, 'acme'))[0]).toBe(401)
          expect((await post(path, await tokenFor(), 'acme'))[0]).toBe(403)
          expect([...new Set(ran)]).toEqual(['onRequest of the root, before the guard'])
        }
        expect(failures).toEqual([])
      },
    )

    it('no parser runs for a refused request, and hooks after the guard see its capability', async () => {
      const ran: unknown[] = []
      app = fastify()
      app.register(writ, { ...options, onDecision: READS[how] })
      app.addHook('preParsing', async ({ optionalCapability }) => void ran.push(optionalCapability?.resource))
      app.addContentTypeParser('text/x', { parseAs: 'string' }, (_request, body, done) => {
        ran.push('parser')
        done(null, body)
      })
      app.post(
        '/:tenantId',
        { config: { capability: { resource: 'files', designate: ['tenantId'] } } },
        async () => 'ok',
      )
      const headers = { 'content-type': 'text/x' }
      const request = { method: 'POST', url: '/acme', payload: 'x' } as const
      expect((await app.inject({ ...request, headers })).statusCode).toBe(401)
      expect(ran).toEqual([])
      const token = await tokenFor({ tenantId: 'acme' }, 'write')
      const response = await app.inject({ ...request, headers: { ...headers, ...authority.headersFor(token) } })
      expect([response.statusCode, ran]).toEqual([200, ['files', 'parser']])
    })
  })

  it('onDecision gets the body as far as it is parsed, and the rest of the request', async () => {
    const seen: unknown[] = []
    const onDecision: WritOptions['onDecision'] = (_decision, { request }) =>
      seen.push([request.method, request.path, request.query.get('page'), request.header('x-a'), request.body])
    await start(() => {}, { onDecision }, 'async')
    const token = await tokenFor({ tenantId: 'acme' }, 'write')
    for (const headers of [{}, authority.headersFor(token)]) {
      const payload = { tenant: 'acme' }
      await app.inject({ method: 'POST', url: '/?page=2', payload, headers: { ...headers, 'x-a': 'b' } })
    }
    const rest = ['POST', '/', '2', ['b']]
    expect(seen).toEqual([
      [...rest, undefined],
      [...rest, { tenant: 'acme' }],
    ])
  })
})
