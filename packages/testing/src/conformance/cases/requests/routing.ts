import assert from 'node:assert/strict'
import { ORIGIN } from '../../app-description.ts'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, INVOICE_ROUTE, route, type Scenario } from '../../scene.ts'

/** How guards work together with other parts of an app. */
export const routing: readonly Scenario[] = [
  {
    name: 'a path that no route has stays 404, with a token and without',
    async run(scene) {
      for (const token of [undefined, 'nonsense', await scene.token()]) {
        const response = await scene.get('/nowhere', token)
        assert.equal(response.status, 404)
        assert.deepEqual(response.header('www-authenticate'), [])
      }
    },
  },
  {
    name: 'a guard covers only its own route',
    app: () => ({
      routes: [INVOICE_ROUTE, route('GET', '/healthz', 'public'), route('GET', '/:tenantId/logo', 'public')],
    }),
    async run(scene) {
      expectPass(await scene.get('/healthz'))
      expectPass(await scene.get('/acme/logo'))
      expectRefusal(await scene.get(INVOICE), 'missing_token')
    },
  },
  {
    name: 'CORS before the guard answers preflights, and a refusal still lets the page read it',
    app: () => ({ cors: true }),
    async run(scene) {
      const origin = ['Origin', ORIGIN] as const
      const headers = [origin, ['Access-Control-Request-Method', 'GET'] as const]
      const preflight = await scene.send({ method: 'OPTIONS', path: INVOICE, headers })
      assert.equal(preflight.status, 204)
      assert.deepEqual(preflight.header('access-control-allow-origin'), [ORIGIN])
      assert.deepEqual(preflight.header('www-authenticate'), [])
      const refused = await scene.send({ path: INVOICE, headers: [origin] })
      expectRefusal(refused, 'missing_token')
      assert.deepEqual(refused.header('access-control-allow-origin'), [ORIGIN])
      const passed = await scene.send({ path: INVOICE, headers: [origin], token: await scene.token() })
      expectPass(passed)
      assert.deepEqual(passed.header('access-control-allow-origin'), [ORIGIN])
    },
  },
  {
    name: 'a preflight that reaches a guarded route is not let through',
    app: () => ({ routes: [{ ...INVOICE_ROUTE, method: 'OPTIONS' }] }),
    async run(scene) {
      const headers = [['Origin', ORIGIN] as const, ['Access-Control-Request-Method', 'GET'] as const]
      expectRefusal(await scene.send({ method: 'OPTIONS', path: INVOICE, headers }), 'missing_token')
      assert.deepEqual(scene.runs, [])
    },
  },
  {
    name: 'a guard within a mounted app works as one outside',
    app: () => ({
      routes: [route('GET', '/healthz', 'public')],
      mounts: [{ path: '/api/v1', routes: [INVOICE_ROUTE] }],
    }),
    async run(scene) {
      const { designations } = expectPass(await scene.get(`/api/v1${INVOICE}`, await scene.token()))
      assert.deepEqual({ ...designations }, { tenantId: 'acme', invoiceId: '7' })
      expectRefusal(await scene.get(`/api/v1${INVOICE}`), 'missing_token')
      expectRefusal(await scene.get('/api/v1/globex/invoices/7', await scene.token()), 'wrong_designation')
      expectPass(await scene.get('/healthz'))
      assert.equal((await scene.get(INVOICE, await scene.token())).status, 404)
    },
  },
  {
    name: 'a designate function in a mounted app sees the whole path',
    app: () => ({
      mounts: [
        {
          path: '/api',
          routes: [
            route('GET', '/:id', { requirement: { resource: 'invoices', designate: { path: ({ path }) => path } } }),
          ],
        },
      ],
    }),
    async run(scene) {
      const token = await scene.token({ designations: { path: '/api/7' } })
      expectPass(await scene.get('/api/7?x=1', token))
      expectRefusal(await scene.get('/api/8', token), 'wrong_designation')
    },
  },
  {
    name: 'requests at the same time do not see the capability of another',
    app: () => ({
      routes: [
        route('GET', '/:tenantId/invoices/:invoiceId', {
          requirement: {
            resource: 'invoices',
            // Answers out of order.
            designate: { tenantId: 'tenantId', invoiceId: ({ params }) => later(params['invoiceId'] ?? '') },
          },
        }),
      ],
    }),
    async run(scene) {
      const requests = Array.from({ length: 24 }, async (_, i) => {
        const named = { tenantId: i % 2 === 0 ? 'acme' : 'globex', invoiceId: String(i) }
        const token = await scene.token({ subject: `user ${i}`, designations: named })
        const path = `/${named.tenantId}/invoices/${i % 3 === 0 ? i : i + 1}`
        const response = await scene.get(path, token)
        if (i % 3 !== 0) return expectRefusal(response, 'wrong_designation')
        const { subject, designations } = expectPass(response)
        assert.deepEqual([subject, { ...designations }], [`user ${i}`, named])
      })
      await Promise.all(requests)
      assert.equal(scene.runs.length, 8)
    },
  },
]

/** Waits for as many turns of the event loop as the last digit says. */
async function later(id: string): Promise<string> {
  for (let turns = Number(id) % 10; turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve))
  return id
}
