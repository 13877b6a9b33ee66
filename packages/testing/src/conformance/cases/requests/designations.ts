import assert from 'node:assert/strict'
import { CapabilityError, createRevocationList, revocationIds } from '@writ/core'
import type { DesignationSource, RequestView } from '@writ/http'
import { createTestAuthority } from '../../../create-test-authority.ts'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { type AppDifference, INVOICE, route, type Scenario } from '../../scene.ts'

/** An app whose invoices are designated by a source of the label `invoiceId`. */
const appWith = (source: DesignationSource<unknown>): AppDifference => ({
  routes: [
    route('GET', '/:tenantId/invoices/:id', {
      requirement: { resource: 'invoices', designate: { tenantId: 'tenantId', invoiceId: source } },
    }),
  ],
})

/** A case in which a designate function does something, and the answer has `code`. */
const answers = (name: string, source: () => unknown, code: 'unavailable' | 'source_empty'): Scenario => ({
  name,
  app: () => appWith(source as DesignationSource<unknown>),
  async run(scene) {
    expectRefusal(await scene.get(INVOICE, await scene.token()), code)
    assert.deepEqual(scene.runs, [])
  },
})

/** A case in which the JSON body is `body`, and the token names an account: `a1` unless said otherwise. */
const body = (
  name: string,
  text: string | undefined,
  code?: 'source_empty' | 'wrong_designation',
  { account = 'a1', source = 'accountId' } = {},
): Scenario => ({
  name,
  app: () => ({
    json: true,
    routes: [
      route('POST', '/accounts', {
        requirement: { resource: 'accounts', designate: { account: { body: source } } },
      }),
    ],
  }),
  async run(scene) {
    const token = await scene.token({ resource: 'accounts', operation: 'write', designations: { account } })
    const headers = [['Content-Type', 'application/json'] as const]
    const response = await scene.send({ method: 'POST', path: '/accounts', token, headers, body: text })
    if (code) expectRefusal(response, code)
    else assert.equal(expectPass(response).designations?.['account'], account)
  },
})

/** Where the values of designations come from. */
export const designations: readonly Scenario[] = [
  {
    name: 'a label may differ from the param that it is taken from',
    app: () => appWith('id'),
    async run(scene) {
      expectPass(await scene.get(INVOICE, await scene.token()))
      expectRefusal(await scene.get('/acme/invoices/8', await scene.token()), 'wrong_designation')
    },
  },
  {
    name: 'a designate function sees the request as it was sent, and its value is asserted',
    app: () =>
      appWith(({ method, path, params, query, header }: RequestView) => {
        // A framework may join repeated headers by a comma.
        const values = header('x-id').flatMap((value) => value.split(/, */))
        return [method, path, params['id'], query.get('q'), query.getAll('r').join(), values.join()].join(' ')
      }),
    async run(scene) {
      const named = 'GET /acme/invoices/%37 7 a b 1,2 x,y'
      const token = await scene.token({ designations: { tenantId: 'acme', invoiceId: named } })
      const headers = [['X-Id', 'x'] as const, ['X-Id', 'y'] as const]
      const response = await scene.send({ path: '/acme/invoices/%37?q=a%20b&r=1&r=2', token, headers })
      assert.equal(expectPass(response).designations?.['invoiceId'], named)
    },
  },
  {
    name: 'a designate function sees the address of the caller',
    app: () => appWith(({ ip }) => ip?.replace('::ffff:', '')),
    async run(scene) {
      const local = { tenantId: 'acme', invoiceId: '127.0.0.1' }
      const { designations } = expectPass(await scene.get(INVOICE, await scene.token({ designations: local })))
      assert.deepEqual({ ...designations }, local)
    },
  },
  {
    name: 'a designate function may answer later',
    app: () => appWith(async ({ params }) => params['id']),
    async run(scene) {
      expectPass(await scene.get(INVOICE, await scene.token()))
      expectRefusal(await scene.get('/acme/invoices/8', await scene.token()), 'wrong_designation')
    },
  },
  answers('a designate function that finds nothing names no object', () => undefined, 'source_empty'),
  answers('a designate function that finds null names no object', () => null, 'source_empty'),
  answers('a designate function that finds an empty string names no object', () => '', 'source_empty'),
  answers('a designate function that returns a number is a failure of the service', () => 7, 'unavailable'),
  answers('a designate function that returns an array is a failure of the service', () => ['7'], 'unavailable'),
  answers(
    'a designate function that throws is a failure of the service',
    () => {
      throw new Error('acme')
    },
    'unavailable',
  ),
  answers(
    'a designate function that throws a CapabilityError is a failure of the service',
    () => {
      throw new CapabilityError('expired')
    },
    'unavailable',
  ),
  answers(
    'a designate function that rejects is a failure of the service',
    () => Promise.reject(new Error('acme')),
    'unavailable',
  ),
  answers(
    'a designate function that rejects with nothing is a failure of the service',
    () => Promise.reject(undefined),
    'unavailable',
  ),
  strangersCauseNoWork(),
  body('a string of the body is asserted', '{"accountId":"a1"}'),
  body('another string of the body is another object', '{"accountId":"a2"}', 'wrong_designation'),
  body('a whole number of the body is asserted by its decimal text', '{"accountId":7}', undefined, { account: '7' }),
  body('a whole number of the body is another object than another one', '{"accountId":7}', 'wrong_designation', {
    account: '07',
  }),
  body('a boolean of the body is asserted by its name', '{"accountId":true}', undefined, { account: 'true' }),
  body('a fraction in the body names no object', '{"accountId":1.5}', 'source_empty', {
    account: '1.5',
  }),
  body('a negative zero in the body names no object', '{"accountId":-0}', 'source_empty', {
    account: '0',
  }),
  body('a number that has lost digits names no object', '{"accountId":9007199254740993}', 'source_empty', {
    account: '9007199254740992',
  }),
  body('a null in the body names no object', '{"accountId":null}', 'source_empty', {
    account: 'null',
  }),
  body('an object in the body names no object', '{"accountId":{"a1":"a1"}}', 'source_empty'),
  body('a member of an object in the body is asserted', '{"order":{"accountId":"a1"}}', undefined, {
    source: 'order.accountId',
  }),
  body(
    'a member whose name has a dot does not stand in for one of an object in the body',
    '{"order.accountId":"a1"}',
    'source_empty',
    { source: 'order.accountId' },
  ),
  body('an array in the body names no object', '{"accountId":["a1"]}', 'source_empty'),
  body('an empty string in the body names no object', '{"accountId":""}', 'source_empty'),
  body('a body without the name names no object', '{"account":"a1"}', 'source_empty'),
  body('a body that gives itself a prototype names no object', '{"__proto__":{"accountId":"a1"}}', 'source_empty'),
  body('a body that is an array names no object', '["a1"]', 'source_empty'),
  body('no body names no object', undefined, 'source_empty'),
]

/** The function would read a database, so it runs only for a token that has passed everything else. */
function strangersCauseNoWork(): Scenario {
  let calls = 0
  const revocation = createRevocationList()
  return {
    name: 'a designate function does not run for a token that is refused for anything else',
    app: () => {
      calls = 0
      const found = appWith(({ params }) => {
        calls += 1
        return params['id']
      })
      return { ...found, options: { revocation } }
    },
    async run(scene) {
      const mallory = await createTestAuthority()
      const revoked = await scene.token()
      revocation.revoke(revocationIds(revoked)[0] ?? '')
      const old = await scene.token({ expiresIn: 1 })
      scene.authority.advance(1)
      expectRefusal(await scene.get(INVOICE), 'missing_token')
      expectRefusal(await scene.get(INVOICE, 'nonsense'), 'malformed_token')
      const forged = await mallory.mint({ resource: 'invoices', operation: 'read' })
      expectRefusal(await scene.get(INVOICE, forged), 'invalid_signature')
      expectRefusal(await scene.get(INVOICE, old), 'expired')
      expectRefusal(await scene.get(INVOICE, revoked), 'revoked')
      expectRefusal(await scene.get(INVOICE, await scene.token({ resource: 'orders' })), 'wrong_resource')
      expectRefusal(await scene.get(INVOICE, await scene.token({ operation: 'write' })), 'wrong_operation')
      assert.equal(calls, 0)
      expectPass(await scene.get(INVOICE, await scene.token()))
      assert.equal(calls, 1)
    },
  }
}
