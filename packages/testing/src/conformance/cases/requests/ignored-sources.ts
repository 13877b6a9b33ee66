import assert from 'node:assert/strict'
import type { DesignationSource, RequestView } from '@writ/http'
import { expectAnyRefusal, expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, route, type Scenario } from '../../scene.ts'

const PATH = '/:tenantId/invoices/:invoiceId'
const JSON_TYPE = ['Content-Type', 'application/json'] as const
const FORM_TYPE = ['Content-Type', 'application/x-www-form-urlencoded'] as const
const ACCOUNTS = route('POST', '/accounts', {
  requirement: { resource: 'accounts', designate: { account: { body: 'accountId' } } },
})
const guarded = { requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } } as const

/** An app whose invoices are designated by a function. */
const designatedBy = (source: (request: RequestView) => string | undefined) => ({
  routes: [
    route('GET', '/:tenantId/invoices/:id', {
      requirement: { resource: 'invoices', designate: { tenantId: 'tenantId', invoiceId: source } },
    }),
  ],
})

/** A case in which a token is sent in a place that does not count. */
const noCredential = (
  where: string,
  headersOf: (token: string) => readonly (readonly [string, string])[],
): Scenario => ({
  name: `a token in ${where} is not a credential`,
  async run(scene) {
    for (const header of headersOf(await scene.token())) {
      expectRefusal(await scene.send({ path: INVOICE, headers: [header] }), 'missing_token')
    }
  },
})

/** A value is taken only from the place that the requirement names. */
export const ignoredSources: readonly Scenario[] = [
  noCredential('a cookie', (token) =>
    ['token', 'access_token', 'authorization', 'Authorization', 'capability', 'jwt', 'session', 'writ'].map(
      (name) => ['Cookie', `${name}=${name.toLowerCase() === 'authorization' ? `Bearer%20${token}` : token}`] as const,
    ),
  ),
  noCredential('another header', (token) =>
    [
      'X-Authorization',
      'Proxy-Authorization',
      'X-Forwarded-Authorization',
      'X-Original-Authorization',
      'X-Access-Token',
      'X-Auth-Token',
      'X-Api-Key',
      'X-Capability',
      'X-Token',
      'Token',
      'Capability',
      'Sec-WebSocket-Protocol',
      'Authentication',
    ].flatMap((name) => [[name, `Bearer ${token}`] as const, [name, token] as const]),
  ),
  {
    name: 'a token in a query parameter of any name is not a credential',
    async run(scene) {
      const token = await scene.token()
      for (const name of ['token', 'access_token', 'authorization', 'capability', 'bearer', 'jwt', 'key']) {
        expectRefusal(await scene.get(`${INVOICE}?${name}=${token}`), 'missing_token')
        expectRefusal(await scene.get(`${INVOICE}?${name}=Bearer%20${token}`), 'missing_token')
      }
    },
  },
  {
    name: 'a token in the body is not a credential',
    app: () => ({ json: true, routes: [route('POST', PATH, guarded)] }),
    async run(scene) {
      const token = await scene.token({ operation: 'write' })
      const send = (header: readonly [string, string], body: string) =>
        scene.send({ method: 'POST', path: INVOICE, headers: [header], body })
      expectRefusal(await send(JSON_TYPE, JSON.stringify({ access_token: token, token })), 'missing_token')
      const response = await send(FORM_TYPE, `access_token=${token}`)
      // A framework may not parse forms.
      if (response.status !== 415) expectRefusal(response, 'missing_token')
    },
  },
  {
    name: 'the method comes from the request line, not from headers, query or body',
    app: () => ({
      json: true,
      routes: [route('POST', PATH, guarded), route('GET', PATH, guarded), route('DELETE', PATH, guarded)],
    }),
    async run(scene) {
      const token = await scene.token()
      const overrides = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']
      for (const method of ['POST', 'DELETE']) {
        const attempts = [
          ...overrides.map((name) => ({ path: INVOICE, headers: [[name, 'GET'] as const, JSON_TYPE] })),
          ...['_method', 'method', 'X-HTTP-Method-Override'].map((name) => ({ path: `${INVOICE}?${name}=GET` })),
        ].map((one) => ({ headers: [JSON_TYPE], ...one, body: '{"_method":"GET"}' }))
        for (const attempt of attempts) {
          expectRefusal(await scene.send({ ...attempt, method, token }), 'wrong_operation')
          const write = await scene.send({ ...attempt, method, token: await scene.token({ operation: 'write' }) })
          assert.equal(expectPass(write).route, `${method} ${PATH}`)
        }
      }
    },
  },
  {
    name: 'params come from the path alone',
    app: () => ({ json: true, routes: [route('POST', PATH, guarded)] }),
    async run(scene) {
      const token = await scene.token({ operation: 'write' })
      const send = (headers: readonly (readonly [string, string])[], path: string, body = '{}') =>
        scene.send({ method: 'POST', path, token, headers: [JSON_TYPE, ...headers], body })
      const other = '/globex/invoices/8'
      const named = { tenantId: 'acme', invoiceId: '7', params: { tenantId: 'acme', invoiceId: '7' } }
      expectRefusal(await send([], other, JSON.stringify(named)), 'wrong_designation')
      expectRefusal(await send([], `${other}?tenantId=acme&invoiceId=7`), 'wrong_designation')
      for (const prefix of ['', 'X-', 'X-Param-']) {
        const headers = [[`${prefix}tenantId`, 'acme'] as const, [`${prefix}invoiceId`, '7'] as const]
        expectRefusal(await send(headers, other), 'wrong_designation')
      }
      const dashed = [['X-Tenant-Id', 'acme'] as const, ['X-Invoice-Id', '7'] as const]
      expectRefusal(await send(dashed, other), 'wrong_designation')
      const cookie = [['Cookie', 'tenantId=acme; invoiceId=7'] as const]
      expectRefusal(await send(cookie, other), 'wrong_designation')
    },
  },
  {
    name: 'a designation of the body comes from the body alone',
    app: () => ({ json: true, routes: [ACCOUNTS] }),
    async run(scene) {
      const token = await scene.token({ resource: 'accounts', operation: 'write', designations: { account: 'a1' } })
      const send = (path: string, body: string, ...headers: readonly (readonly [string, string])[]) =>
        scene.send({ method: 'POST', path, token, headers: [JSON_TYPE, ...headers], body })
      const named = '/accounts?accountId=a1&account=a1'
      expectRefusal(await send(named, '{"accountId":"a2"}'), 'wrong_designation')
      expectRefusal(await send(named, '{}'), 'source_empty')
      expectRefusal(await send('/accounts', '{}', ['accountId', 'a1'], ['X-Account-Id', 'a1']), 'source_empty')
      expectRefusal(await send('/accounts', '{"body":{"accountId":"a1"}}'), 'source_empty')
      expectRefusal(await send('/accounts', '{"ACCOUNTID":"a1","accountid":"a1"}'), 'source_empty')
    },
  },
  {
    name: 'of two members with one name in a body, the one that the handler reads counts',
    app: () => ({ json: true, routes: [ACCOUNTS] }),
    async run(scene) {
      const token = await scene.token({ resource: 'accounts', operation: 'write', designations: { account: 'a1' } })
      const send = (body: string) =>
        scene.send({ method: 'POST', path: '/accounts', token, headers: [JSON_TYPE], body })
      expectRefusal(await send('{"accountId":"a1","accountId":"a2"}'), 'wrong_designation')
      expectPass(await send('{"accountId":"a2","accountId":"a1"}'))
    },
  },
  {
    name: 'the address of the caller is never taken from a header',
    app: () => designatedBy(({ ip }) => ip?.replace('::ffff:', '')),
    async run(scene) {
      const token = await scene.token({ designations: { tenantId: 'acme', invoiceId: '10.0.0.7' } })
      for (const name of ['X-Forwarded-For', 'X-Real-IP', 'X-Client-IP', 'True-Client-IP', 'CF-Connecting-IP']) {
        expectAnyRefusal(await scene.send({ path: INVOICE, token, headers: [[name, '10.0.0.7']] }))
      }
      const forwarded = ['Forwarded', 'for=10.0.0.7'] as const
      expectAnyRefusal(await scene.send({ path: INVOICE, token, headers: [forwarded] }))
    },
  },
  {
    name: 'a repeated query parameter is neither one value nor several joined',
    app: () => designatedBy(({ query }) => query.getAll('id').join(' ') && (query.get('id') ?? undefined)),
    async run(scene) {
      const get = async (query: string, invoiceId: string) =>
        scene.get(`${INVOICE}?${query}`, await scene.token({ designations: { tenantId: 'acme', invoiceId } }))
      expectPass(await get('id=7', '7'))
      for (const invoiceId of ['7', '8', '7,8', '7, 8', '78'])
        expectRefusal(await get('id=7&id=8', invoiceId), 'source_empty')
    },
  },
  {
    name: 'a query parameter that is named as a source is refused when it is repeated',
    app: () => ({
      routes: [
        route('GET', '/invoices', {
          // Not every version of the guard has this source.
          requirement: {
            resource: 'invoices',
            designate: { invoiceId: { query: 'id' } as unknown as DesignationSource<unknown> },
          },
        }),
      ],
    }),
    async run(scene) {
      const token = await scene.token({ designations: { invoiceId: '7' } })
      expectPass(await scene.get('/invoices?id=7', token))
      expectPass(await scene.get('/invoices?id=%37', token))
      expectRefusal(await scene.get('/invoices?id=8', token), 'wrong_designation')
      expectRefusal(await scene.get('/invoices', token), 'source_empty')
      for (const query of ['id=7&id=8', 'id=8&id=7', 'id=7&id=7', 'id=7&%69d=8', 'id=7&id']) {
        expectRefusal(await scene.get(`/invoices?${query}`, token), 'source_empty')
      }
      expectRefusal(await scene.get('/invoices?ID=7&id.=7', token), 'source_empty')
      // Some frameworks read no more than a thousand pairs, so their handlers would see no id.
      expectPass(await scene.get(`/invoices?${'a&'.repeat(999)}id=7`, token))
      expectRefusal(await scene.get(`/invoices?${'a&'.repeat(1000)}id=7`, token), 'source_empty')
    },
  },
  {
    name: 'a header that is named as a source is refused when it is repeated',
    app: () => ({
      routes: [
        route('GET', '/invoices', {
          requirement: {
            resource: 'invoices',
            designate: { invoiceId: { header: 'X-Invoice' } as unknown as DesignationSource<unknown> },
          },
        }),
      ],
    }),
    async run(scene) {
      const token = await scene.token({ designations: { invoiceId: '7' } })
      const get = (...values: readonly string[]) =>
        scene.send({ path: '/invoices', token, headers: values.map((value) => ['X-Invoice', value] as const) })
      expectPass(await get('7'))
      expectRefusal(await get('8'), 'wrong_designation')
      expectRefusal(await get(), 'source_empty')
      for (const values of [['7', '8'], ['8', '7'], ['7', '7'], ['7, 8']]) expectAnyRefusal(await get(...values))
    },
  },
]
