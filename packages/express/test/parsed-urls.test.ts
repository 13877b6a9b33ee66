import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createTestAuthority } from '@writ/testing'
import type { Express, RequestHandler } from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import { assertGuarded, writ } from '../src/index.ts'
import { versions } from './express-target.ts'

const authority = await createTestAuthority()
const options = { keys: authority.publicKey, anchor: null, now: authority.now }
const goesOn: RequestHandler = (_req, _res, next) => next()

/** Sends a target as it is, and returns the status and the body. */
async function get(app: Express, target: string, headers: Readonly<Record<string, string>> = {}) {
  const server = createServer(app).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${lines.join('')}\r\n`, 'latin1')
  const text = (await socket.toArray()).join('')
  return { status: Number(text.slice(9, 12)), body: text.slice(text.indexOf('\r\n\r\n') + 4) }
}

describe.each(versions)('a URL that %s reads in two ways', (_name, express) => {
  const guard = writ(options)

  it('assertGuarded refuses a guard in use() that such a URL can step past', async () => {
    const app = express()
    app.use('/:tenant/private', guard({ resource: 'files', designate: ['tenant'] }))
    app.use('/:tenant', goesOn)
    app.get('/:tenant/private', (_req, res) => void res.send('secret'))
    // What makes it necessary: the framework itself does this.
    expect((await get(app, "/x'/y/private#")).body).toContain('secret')
    expect(() => assertGuarded(app)).toThrow(/^ {2}route \/:tenant\/private: its guard in use\(\) may be skipped/m)
  })

  it('assertGuarded refuses it too where only a guard with fewer demands is left', () => {
    const app = express()
    app.use('/:tenant/admin', guard({ resource: 'admin', designate: ['tenant'] }))
    app.use('/:tenant', guard({ resource: 'files', designate: ['tenant'] }))
    app.get('/:tenant/admin', (_req, res) => void res.send('secret'))
    expect(() => assertGuarded(app)).toThrow(/may be skipped/)
  })

  it('assertGuarded accepts guards that have run before the URL can change', () => {
    const app = express()
    app.use('/:tenant', guard({ resource: 'files', designate: ['tenant'] }))
    app.use('/:tenant/admin', guard({ resource: 'files', designate: ['tenant'] }))
    app.use('/static', goesOn)
    app.get('/:tenant/admin', (_req, res) => void res.send('ok'))
    expect(() => assertGuarded(app)).not.toThrow()
  })

  it.each(["http://h/x'/1/z2345", "/x'/1/z2345#", "http://h/x'/1", '/x{/1#'])(
    'designates nothing to a guard in use(): %s',
    async (target) => {
      const app = express()
      app.use('/:x/:t', guard({ resource: 'files', designate: ['t'] }), (req, res) => void res.json(req.params))
      const headers = {
        Authorization: `Bearer ${await authority.mint({ resource: 'files', operation: 'read', designations: { t: '1' } })}`,
      }
      expect((await get(app, '/x/1', headers)).status).toBe(200)
      expect((await get(app, "/x'/1", headers)).status).toBe(200)
      expect((await get(app, 'http://h/x/1', headers)).status).toBe(200)
      const { status, body } = await get(app, target, headers)
      expect(status).toBe(400)
      expect(JSON.parse(body)).toMatchObject({ code: 'source_empty' })
    },
  )
})

describe.each(versions)('an error handler of %s that goes on', (_name, express) => {
  const guard = writ(options)
  const recovers = (_error: unknown, _req: unknown, _res: unknown, next: (error?: unknown) => void) => next()

  it('assertGuarded wants a guard for every route that comes after it', () => {
    const app = express()
    app.use(express.json())
    app.use(guard({ resource: 'files' }))
    app.use(recovers)
    app.get('/guarded', guard({ resource: 'files' }), (_req, res) => void res.send('ok'))
    expect(() => assertGuarded(app)).not.toThrow()
    app.post('/secret', (_req, res) => void res.send('secret'))
    expect(() => assertGuarded(app)).toThrow(/POST \/secret \(anonymous\) is not guarded/)
  })

  it('assertGuarded wants a guard after it within a route', () => {
    const app = express()
    const answers: RequestHandler = (_req, res) => void res.send('secret')
    app.get('/secret', goesOn, guard({ resource: 'files' }), recovers as unknown as RequestHandler, answers)
    expect(() => assertGuarded(app)).toThrow(/GET \/secret \(answers\) is not guarded/)
  })
})
