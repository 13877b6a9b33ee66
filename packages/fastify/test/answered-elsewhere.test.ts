import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type WritOptions, writ } from '../src/index.ts'
import { authority, options, send, tokenFor } from './support.ts'

const capability = { resource: 'files', designate: ['tenantId'] } as const
const acme = await tokenFor()

let app: FastifyInstance
let ran: string[]
const failures: unknown[] = []
const note = (failure: unknown) => failures.push(failure)
beforeEach(() => {
  ran = []
  failures.length = 0
  process.on('unhandledRejection', note).on('uncaughtException', note)
})
afterEach(async () => {
  await app.close()
  process.off('unhandledRejection', note).off('uncaughtException', note)
})

/** Lets what was put off run. */
async function turns() {
  for (let turn = 0; turn < 10; turn += 1) await setImmediate()
}

const revocation = (isRevoked: () => boolean | Promise<boolean>): Partial<WritOptions> => ({
  revocation: { isRevoked },
})

/** An app whose answers are held back by a hook until `release` is called, and whose guard decides when `decide` is. */
function startHeld(style: 'async' | 'callback', revoked: boolean, handlerTimeout: number) {
  const [decided, answering, released] = [0, 0, 0].map(() => Promise.withResolvers<void>())
  app = fastify()
  if (style === 'async') {
    app.addHook('onSend', async (_request, _reply, payload) => {
      answering!.resolve()
      await released!.promise
      return payload
    })
  } else {
    app.addHook('onSend', (_request, _reply, payload, done) => {
      answering!.resolve()
      void released!.promise.then(() => done(null, payload))
    })
  }
  let timer = (_reply: FastifyReply) => {}
  app.addHook('onRequest', async (_request, reply) => timer(reply))
  app.register(writ, { ...options, ...revocation(() => decided!.promise.then(() => revoked)) })
  app.get('/:tenantId', { ...(handlerTimeout && { handlerTimeout }), config: { capability } }, async () => {
    ran.push('handler')
    return 'secret'
  })
  return {
    decide: decided!.resolve,
    answering: answering!.promise,
    release: released!.resolve,
    onTimer: (act: (reply: FastifyReply) => void) => {
      timer = (reply) => void setImmediate().then(() => act(reply))
    },
  }
}

describe.each(['async', 'callback'] as const)('with an onSend hook that takes its time (%s)', (style) => {
  describe.each([
    ['refused', true],
    ['allowed', false],
  ] as const)('a request that the guard would have %s', (_, revoked) => {
    it('a request ends when handlerTimeout has begun to answer it', async () => {
      const { decide, answering, release } = startHeld(style, revoked, 1)
      const response = send(app, '/acme', acme)
      await answering
      decide()
      await turns()
      release()
      expect(await response).toEqual([503, 'FST_ERR_HANDLER_TIMEOUT'])
      await turns()
      expect([ran, failures]).toEqual([[], []])
    })

    it('a request ends when a timer of an earlier hook has begun to answer it', async () => {
      const { decide, answering, release, onTimer } = startHeld(style, revoked, 0)
      onTimer((reply) => void reply.code(504).send('too late'))
      const response = send(app, '/acme', acme)
      await answering
      decide()
      await turns()
      release()
      expect(await response).toEqual([504, 'too late'])
      await turns()
      expect([ran, failures]).toEqual([[], []])
    })

    it('a request ends when other code has hijacked its reply', async () => {
      const { decide, onTimer } = startHeld(style, revoked, 0)
      const hijacked = Promise.withResolvers<FastifyReply['raw']>()
      onTimer((reply) => {
        reply.hijack()
        hijacked.resolve(reply.raw)
      })
      const response = send(app, '/acme', acme)
      const raw = await hijacked.promise
      decide()
      await turns()
      raw.writeHead(202).end('mine')
      expect(await response).toEqual([202, 'mine'])
      expect([ran, failures]).toEqual([[], []])
    })
  })
})

it('a refusal breaks off an answer that an earlier hook has begun to write to reply.raw', async () => {
  app = fastify()
  app.addHook('onRequest', async (_request, reply) => {
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
    reply.raw.write('data: hello\n\n')
  })
  app.register(writ, options)
  app.get('/:tenantId', { config: { capability } }, async (_request, reply) => {
    ran.push('handler')
    reply.hijack()
    reply.raw.end('secret')
    return reply
  })
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/acme`
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow('terminated')
  expect(ran).toEqual([])
  const allowed = await fetch(url, { headers: authority.headersFor(acme) })
  expect(await allowed.text()).toBe('data: hello\n\nsecret')
})

it('an event stream that the handler writes to reply.raw opens for a token, and without one is refused before its first byte', async () => {
  app = fastify()
  app.register(writ, options)
  app.get('/:tenantId/events', { config: { capability } }, (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: secret\n\n')
  })
  expect(await send(app, '/acme/events')).toEqual([401, 'missing_token'])
  expect(await send(app, '/acme/events', acme)).toEqual([200, 'data: secret\n\n'])
})

it.each(['answer', 'error'] as const)(
  "a request whose client goes away while it is decided goes no further when it is refused, with refuse: '%s'",
  async (refuse) => {
    const decided = Promise.withResolvers<boolean>()
    const asked = Promise.withResolvers<void>()
    const aborted = Promise.withResolvers<void>()
    app = fastify()
    app.addHook('onRequestAbort', async (_request) => aborted.resolve())
    app.addHook('onSend', async () => setTimeout(1))
    const isRevoked = () => {
      asked.resolve()
      return decided.promise
    }
    app.register(writ, { ...options, refuse, ...revocation(isRevoked) })
    app.after(() => app.addHook('preHandler', async () => void ran.push('preHandler')))
    app.get('/:tenantId', { config: { capability } }, async () => ran.push('handler'))
    await app.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(`GET /acme HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${acme}\r\n\r\n`)
    await asked.promise
    socket.destroy()
    await Promise.all([once(socket, 'close'), aborted.promise])
    decided.resolve(true)
    await setTimeout(5)
    await turns()
    expect([ran, failures]).toEqual([[], []])
  },
)

it('an earlier hook that answers ends the request: the guard decides nothing', async () => {
  const decisions: unknown[] = []
  app = fastify()
  app.addHook('onRequest', async (_request, reply) => reply.code(429).send('slow down'))
  app.register(writ, { ...options, onDecision: (decision) => decisions.push(decision) })
  app.get('/:tenantId', { config: { capability } }, async () => ran.push('handler'))
  expect(await send(app, '/acme', acme)).toEqual([429, 'slow down'])
  expect([ran, decisions]).toEqual([[], []])
})

it('onResponse hooks run for a refusal too', async () => {
  app = fastify()
  app.addHook('onResponse', async (_request, reply) => void ran.push(`onResponse ${reply.statusCode}`))
  app.addHook('onSend', async () => void ran.push('onSend'))
  app.addHook('onError', async () => void ran.push('onError'))
  app.register(writ, options)
  app.get('/:tenantId', { config: { capability } }, async () => 'ok')
  expect(await send(app, '/acme')).toEqual([401, 'missing_token'])
  await turns()
  expect(ran).toEqual(['onResponse 401'])
})
