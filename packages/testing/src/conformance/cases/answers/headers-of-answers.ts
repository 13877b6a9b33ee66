import assert from 'node:assert/strict'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, INVOICE_ROUTE, route, type Scenario } from '../../scene.ts'

const OWN_HEADER = { options: { tokenFrom: { header: 'X-Capability' } } } as const

/** What answers to requests that pass must tell caches. */
export const headersOfAnswers: readonly Scenario[] = [
  {
    name: 'an answer to a token in another header is private',
    app: () => ({ ...OWN_HEADER, routes: [INVOICE_ROUTE, route('GET', '/healthz', 'public')] }),
    async run(scene) {
      const headers = [['X-Capability', await scene.token()] as const]
      for (const method of ['GET', 'HEAD']) {
        const response = await scene.send({ method, path: INVOICE, headers })
        assert.deepEqual([response.status, response.header('cache-control')], [200, ['private']])
      }
      const { header } = await scene.get('/healthz')
      assert.deepEqual(header('cache-control'), [])
      expectRefusal(await scene.get(INVOICE), 'missing_token')
    },
  },
  {
    name: 'Cache-Control of a handler is kept, also for a token in another header',
    app: () => ({
      ...OWN_HEADER,
      routes: [{ ...INVOICE_ROUTE, headers: { 'Cache-Control': 'public, max-age=60' } }],
    }),
    async run(scene) {
      const headers = [['X-Capability', await scene.token()] as const]
      const response = await scene.send({ path: INVOICE, headers })
      expectPass(response)
      assert.deepEqual(response.header('cache-control'), ['public, max-age=60'])
    },
  },
  {
    name: 'an answer to a token in Authorization gets no Cache-Control from the guard',
    async run(scene) {
      const response = await scene.get(INVOICE, await scene.token())
      expectPass(response)
      assert.deepEqual(response.header('cache-control'), [])
    },
  },
  {
    name: 'a refusal carries no header of the handler',
    app: () => ({ routes: [{ ...INVOICE_ROUTE, headers: { 'X-Secret': 'acme', 'Set-Cookie': 'session=acme' } }] }),
    async run(scene) {
      for (const method of ['GET', 'HEAD']) {
        const response = await scene.send({ method, path: INVOICE })
        expectRefusal(response, 'missing_token', { head: method === 'HEAD' })
        assert.deepEqual([response.header('x-secret'), response.header('set-cookie')], [[], []])
      }
      const passed = await scene.get(INVOICE, await scene.token())
      assert.deepEqual(passed.header('x-secret'), ['acme'])
    },
  },
]
