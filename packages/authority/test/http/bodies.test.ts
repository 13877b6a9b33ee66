import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { serveTest } from './support/serve.ts'

const OPEN = { burst: 1e6, perSecond: 1e6 }
const LIMITS = { address: OPEN, credential: OPEN, subject: OPEN }
/** A plain run sends twenty requests to each route, `npm run check -- --full` a thousand. */
const REQUESTS = process.env['WRIT_LONG'] === '1' ? 1000 : 20

describe('a body', () => {
  it('that is no JSON, has another type, is too large or says too much is refused before the act', async () => {
    const { ask, identityOf } = await serveTest()
    const token = await identityOf('service:gateway')
    const send = async (body: string, headers = {}) => {
      const { status, body: problem } = await ask('POST', '/v1/capabilities', { token, body, headers })
      return [status, problem.code]
    }
    expect(await send('{')).toEqual([400, 'unreadable_request'])
    expect(await send('{}', { 'content-type': 'text/plain' })).toEqual([415, 'unsupported_media_type'])
    // The server does not wait for the rest of it, so a client that still sends may see the connection closed instead.
    const large = () => send(JSON.stringify({ target: 'x'.repeat(300_000) }))
    expect(await vi.waitFor(large, { timeout: 10_000 })).toEqual([413, 'too_large'])
    expect(await send('{"target":"invoices","operation":"read","colour":"red"}')).toEqual([422, 'invalid_request'])
    expect(await send('{"target":"invoices","operation":"read","designations":{"__proto__":"acme"}}')).toEqual([
      422,
      'invalid_request',
    ])
    expect(await send(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)).toEqual([422, 'invalid_request'])
    const many = { requests: Array(101).fill({ target: 'invoices', operation: 'read' }) }
    expect(await send(JSON.stringify(many))).toEqual([422, 'invalid_request'])
  })

  it('is named by its members alone in the answer', async () => {
    const { ask, identityOf } = await serveTest()
    const token = await identityOf('service:gateway')
    const body = { target: 'invoices', operation: 7, mallory: 'a secret' }
    const { text, body: problem } = await ask('POST', '/v1/capabilities', { token, body })
    expect(problem).toMatchObject({ status: 422, in: 'json' })
    expect(text).not.toContain('a secret')
  })

  it('that never ends is cut off, and others are served meanwhile', async () => {
    const { ask, url, identityOf } = await serveTest()
    const token = await identityOf('service:gateway')
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write(
      `POST /v1/capabilities HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    socket.on('error', () => undefined)
    const answered = once(socket, 'data')
    for (let sent = 0; sent < 400_000 && socket.writable; sent += 10_000) {
      socket.write(`2710\r\n${' '.repeat(10_000)}\r\n`)
    }
    expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
    expect((await ask('GET', '/healthz')).status).toBe(200)
  })
})

describe('malformed requests', () => {
  it('are refused on every route with a problem document, and never fail', async () => {
    const { ask, identityOf, adminFor } = await serveTest({ limits: LIMITS })
    const identity = await identityOf('agent:alice')
    const admin = async (target: string, operation: string) => adminFor(`authority.${target}`, operation)
    const routes: readonly (readonly [method: string, path: string, token: string | undefined])[] = [
      ['POST', '/v1/identities', undefined],
      ['POST', '/v1/identities/subjects', await admin('identities', 'mint')],
      ['POST', '/v1/enrolments', await admin('enrolments', 'write')],
      ['POST', '/v1/capabilities', identity],
      ['POST', '/v1/contexts', identity],
      ['POST', '/v1/contexts/subjects', await admin('contexts', 'open')],
      ['POST', '/v1/contexts/forks', identity],
      ['POST', '/v1/contexts/exposures', identity],
      ['PUT', '/v1/policy', await admin('policy', 'write')],
      ['POST', '/v1/policy/evaluate', await admin('policy', 'read')],
      ['POST', '/v1/revocations', await admin('revocations', 'write')],
      ['POST', '/v1/keys/rotate', await admin('keys', 'rotate')],
      ['GET', '/v1/audit', await admin('audit', 'read')],
      ['GET', '/v1/revocations', undefined],
      ['GET', '/v1/lineage/x', await admin('lineage', 'read')],
      ['POST', '/oauth/token', undefined],
    ]
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('', '\0', '__proto__', '🦄\ud800', 'a:b'),
    )
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), text, fc.array(text, { maxLength: 3 }))
    const member = fc.constantFrom(
      ...['secret', 'assertion', 'subject', 'target', 'operation', 'designations', 'anchor', 'expiresIn', 'context'],
      ...['requests', 'exposures', 'source', 'policy', 'schema', 'revocationId', 'actorPrefix', 'subjectPrefix'],
      ...['issuedBefore', 'reason', 'purpose', 'fresh', 'singleUse', 'delegatable', 'constructor', 'toString'],
    )
    const body = fc.oneof(
      fc.dictionary(member, value, { maxKeys: 6 }).map((object) => JSON.stringify(object)),
      fc.jsonValue().map((json) => JSON.stringify(json) ?? ''),
      fc.string({ unit: 'binary', maxLength: 100 }),
    )
    const query = fc.dictionary(
      fc.constantFrom('after', 'limit', 'from', 'to', 'subject', 'decision', 'revocationId', 'x'),
      fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('-1', '1e9', '9'.repeat(15), '0x10', '%00')),
      { maxKeys: 3 },
    )
    const seen = new Set<number>()
    for (const [method, path, token] of routes) {
      await fc.assert(
        fc.asyncProperty(body, query, async (sent, pairs) => {
          const search = new URLSearchParams(pairs).toString()
          const {
            status,
            headers,
            text: answer,
          } = await ask(method, `${path}?${search}`, {
            token,
            ...(method === 'GET' ? {} : { body: sent }),
            ...(path === '/oauth/token' ? { headers: { 'content-type': 'application/x-www-form-urlencoded' } } : {}),
          })
          seen.add(status)
          expect(status, `${method} ${path} ${sent} ${search}: ${answer}`).toBeLessThan(500)
          if (status >= 400 && path !== '/oauth/token') {
            expect(headers.get('content-type')).toBe('application/problem+json')
            expect(JSON.parse(answer)).toMatchObject({ status, type: expect.stringMatching(/^urn:writ:problem:\w+$/) })
          }
        }),
        { numRuns: REQUESTS },
      )
    }
    expect(seen.has(422)).toBe(true)
  }, 300_000)
})

describe('limits', () => {
  it('of an address answer 429 with the time to wait', async () => {
    const { ask } = await serveTest({ limits: { address: { burst: 3, perSecond: 0.1 } } })
    const statuses = []
    for (let index = 0; index < 3; index++) statuses.push((await ask('GET', '/healthz')).status)
    const refused = await ask('GET', '/healthz')
    expect([...statuses, refused.status]).toEqual([200, 200, 200, 429])
    expect([refused.body.code, refused.headers.get('retry-after')]).toEqual(['too_many_requests', '10'])
  })

  it('count who tries secrets by themselves, and by the address that a trusted proxy has seen', async () => {
    const { ask } = await serveTest({ trustProxy: 1, limits: { credential: { burst: 2, perSecond: 0.1 } } })
    const attempt = async (address: string) => {
      const headers = { 'x-forwarded-for': `203.0.113.9, ${address}` }
      return (await ask('POST', '/v1/identities', { body: { secret: 'guess' }, headers })).status
    }
    expect([await attempt('198.51.100.1'), await attempt('198.51.100.1'), await attempt('198.51.100.1')]).toEqual([
      401, 401, 429,
    ])
    expect(await attempt('198.51.100.2')).toBe(401)
  })
})
