import assert from 'node:assert/strict'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, route, type Scenario } from '../../scene.ts'

const guarded = { requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } } as const

/** The operation that follows from a method, if the requirement names none. */
const operation = (
  method: 'GET' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  right: 'read' | 'write',
): Scenario => ({
  name: `${method} is ${right === 'read' ? 'a read' : 'a write'} unless the requirement names an operation`,
  app: () => ({
    routes: [
      route(method, '/:tenantId/invoices/:invoiceId', guarded),
      route(method, '/:tenantId/archive/:invoiceId', {
        ...guarded,
        requirement: { ...guarded.requirement, operation: 'archive' },
      }),
    ],
  }),
  async run(scene) {
    const wrong = right === 'read' ? 'write' : 'read'
    const send = async (path: string, given: string) =>
      scene.send({ method, path, token: await scene.token({ operation: given }) })
    expectPass(await send(INVOICE, right))
    expectRefusal(await send(INVOICE, wrong), 'wrong_operation')
    expectPass(await send('/acme/archive/7', 'archive'))
    expectRefusal(await send('/acme/archive/7', right), 'wrong_operation')
    expectRefusal(await scene.send({ method, path: INVOICE }), 'missing_token')
  },
})

export const methods: readonly Scenario[] = [
  operation('GET', 'read'),
  operation('OPTIONS', 'read'),
  operation('POST', 'write'),
  operation('PUT', 'write'),
  operation('PATCH', 'write'),
  operation('DELETE', 'write'),
  {
    name: 'HEAD of a guarded GET is a read, and is answered without a body',
    async run(scene) {
      const passed = await scene.send({ method: 'HEAD', path: INVOICE, token: await scene.token() })
      assert.deepEqual([passed.status, passed.body], [200, ''])
      const write = await scene.token({ operation: 'write' })
      expectRefusal(await scene.send({ method: 'HEAD', path: INVOICE, token: write }), 'wrong_operation', {
        head: true,
      })
      expectRefusal(await scene.send({ method: 'HEAD', path: INVOICE }), 'missing_token', { head: true })
      assert.equal(scene.runs.length, 1)
    },
  },
  {
    name: 'a body that was sent with a refused request does not stop the answer',
    app: () => ({ routes: [route('POST', '/:tenantId/invoices/:invoiceId', guarded)] }),
    async run(scene) {
      const body = 'x'.repeat(100_000)
      expectRefusal(await scene.send({ method: 'POST', path: INVOICE, body }), 'missing_token')
    },
  },
]
