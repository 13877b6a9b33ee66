import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { type Decision, nodeRequestView, type RequestView } from '../src/index.ts'
import { guardWith, token } from './support.ts'

/** What a server on Node sees of header lines, after `change`. */
async function received<T>(lines: readonly string[], look: (request: IncomingMessage) => T): Promise<T> {
  const server = createServer({ joinDuplicateHeaders: false }).listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(['GET / HTTP/1.1', 'Host: a', 'Connection: close', ...lines, '', ''].join('\r\n'), 'latin1')
    const [request, response] = await once(server, 'request')
    const result = look(request)
    response.end()
    await text(socket)
    return result
  } finally {
    server.close()
  }
}

const PARAMS = { tenantId: 'acme', invoiceId: '7' }
const viewOf = (request: IncomingMessage) =>
  nodeRequestView({ method: 'GET', url: '/', params: PARAMS, rawHeaders: request.rawHeaders, headers: request.headers })

describe('changedHeader of a request of Node', () => {
  it.each([
    ['authorization', ['Authorization: Bearer a']],
    ['authorization', ['Authorization: Bearer a', 'authorization: Bearer b']],
    ['cookie', ['Cookie: a=b', 'Cookie: c=d']],
    ['x-tenant', ['X-Tenant: acme', 'X-TENANT: globex']],
    ['x-tenant', ['X-Tenant:  acme ']],
    ['x-tenant', ['X-Tenant: caf\u00e9']],
    ['x-tenant', ['X-Tenant:']],
    ['set-cookie', ['Set-Cookie: a', 'Set-Cookie: b']],
    ['set-cookie', ['Set-Cookie: a']],
    ['x-none', []],
    ['constructor', []],
  ])('a header that nobody has changed is not changed: %s of %j', async (name, lines) => {
    expect(await received(lines, (request) => viewOf(request).changedHeader?.(name))).toBe(undefined)
  })

  it.each<[string, string | string[] | undefined, string[]]>([
    ['is replaced', 'Bearer b', ['Bearer b']],
    ['is removed', undefined, []],
    ['becomes a list', ['Bearer a', 'Bearer b'], ['Bearer a', 'Bearer b']],
    ['becomes empty', '', ['']],
  ])('a header that %s is changed', async (_name, value, expected) => {
    const changed = await received(['Authorization: Bearer a'], (request) => {
      Object.assign(request.headers, { authorization: value })
      if (value === undefined) delete request.headers.authorization
      return viewOf(request).changedHeader?.('authorization')
    })
    expect(changed).toEqual(expected)
  })

  it('a header that is added is changed, also in an object of headers that replaces that of Node', async () => {
    const changed = await received([], (request) => {
      const { rawHeaders } = request
      const raw = { rawHeaders, headers: request.headers }
      const added = { ...request.headers, authorization: 'Bearer a' }
      return [
        nodeRequestView({ method: 'GET', url: '/', rawHeaders, headers: added }).changedHeader?.('authorization'),
        nodeRequestView({ method: 'GET', url: '/', raw, headers: added }).changedHeader?.('authorization'),
        nodeRequestView({ method: 'GET', url: '/', raw }).changedHeader?.('authorization'),
        nodeRequestView({ method: 'GET', url: '/', rawHeaders }).changedHeader?.('authorization'),
      ]
    })
    expect(changed).toEqual([['Bearer a'], ['Bearer a'], undefined, undefined])
  })
})

/** A view in which code of the app has replaced what was sent. */
const changedView = (sent: Record<string, string[]>, seen: Record<string, string[]>): RequestView => ({
  ...nodeRequestView({ method: 'GET', url: '/', params: PARAMS }),
  header: (name) => sent[name] ?? [],
  changedHeader: (name) => seen[name],
})

async function decide(view: RequestView, options: Parameters<typeof guardWith>[0] = {}, ...more: never[]) {
  const decisions: Decision[] = []
  const outcome = await guardWith({ onDecision: (decision) => decisions.push(decision), ...options })(view, ...more)
  return { allowed: outcome.allowed, code: decisions[0]?.code, hint: decisions[0]?.hint }
}

const HINT =
  'code before the guard has changed the header authorization, and the guard reads what was sent (see headersFrom)'

describe('headersFrom', () => {
  it('a token that code of the app has put into the request does not count, and the decision says why', async () => {
    const authorization = [`Bearer ${await token()}`]
    expect(await decide(changedView({}, { authorization }))).toEqual({
      allowed: false,
      code: 'missing_token',
      hint: HINT,
    })
    const other = { authorization: ['Bearer session-of-alice'] }
    expect(await decide(changedView(other, { authorization }))).toMatchObject({ code: 'malformed_token', hint: HINT })
    expect(await decide(changedView({ authorization }, other))).toEqual({ allowed: true, code: undefined, hint: HINT })
    expect(await decide(changedView({ authorization }, {}))).toEqual({
      allowed: true,
      code: undefined,
      hint: undefined,
    })
  })

  it("with headersFrom: 'request' the token is the one that handlers see", async () => {
    const options = { headersFrom: 'request' } as const
    const authorization = [`Bearer ${await token()}`]
    const passes = { allowed: true, code: undefined, hint: undefined }
    expect(await decide(changedView({}, { authorization }), options)).toEqual(passes)
    expect(await decide(changedView({ authorization: ['Bearer a'] }, { authorization }), options)).toEqual(passes)
    expect(await decide(changedView({ authorization }, {}), options)).toEqual(passes)
    expect(await decide(changedView({ authorization }, { authorization: [] }), options)).toMatchObject({
      code: 'missing_token',
      hint: undefined,
    })
    expect(
      await decide(changedView({}, { authorization: [...authorization, ...authorization] }), options),
    ).toMatchObject({ code: 'malformed_token' })
  })

  it("a repeated Authorization header is refused with headersFrom: 'request' too, though handlers see only the first", async () => {
    const lines = [`Authorization: Bearer ${await token()}`, 'Authorization: Bearer b']
    const view = await received(lines, viewOf)
    expect(await decide(view, { headersFrom: 'request' })).toMatchObject({ code: 'malformed_token' })
  })

  it('a header that code of the app has changed designates nothing, for a function neither', async () => {
    const requirements = [
      { resource: 'invoices', designate: { tenantId: { header: 'x-tenant' }, invoiceId: 'invoiceId' } },
      {
        resource: 'invoices',
        designate: { tenantId: (request: RequestView) => request.header('x-tenant')[0], invoiceId: 'invoiceId' },
      },
    ]
    const authorization = [`Bearer ${await token()}`]
    const views = [
      changedView({ authorization, 'x-tenant': ['acme'] }, { 'x-tenant': ['globex'] }),
      changedView({ authorization, 'x-tenant': ['globex'] }, { 'x-tenant': ['acme'] }),
      changedView({ authorization }, { 'x-tenant': ['acme'] }),
      changedView({ authorization, 'x-tenant': ['acme'] }, { 'x-tenant': [] }),
    ]
    for (const requirement of requirements) {
      for (const view of views) {
        const outcome = await guardWith()(view, requirement)
        expect(outcome).toMatchObject({ allowed: false, refusal: { code: 'source_missing' } })
        expect(String(!outcome.allowed && (outcome.refusal.error.cause as Error).message)).toContain('header x-tenant')
      }
      const allowed = views.map(
        async (view) => (await guardWith({ headersFrom: 'request' })(view, requirement)).allowed,
      )
      expect(await Promise.all(allowed)).toEqual([false, true, true, false])
    }
  })
})
