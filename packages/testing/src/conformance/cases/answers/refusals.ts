import assert from 'node:assert/strict'
import { CapabilityError, createRevocationList, revocationIds } from '@writ/core'
import type { GuardOptions } from '@writ/http'
import { createTestAuthority } from '../../../create-test-authority.ts'
import type { AnsweredCode } from '../../answers.ts'
import type { ErrorAnswer } from '../../app-description.ts'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, type Scenario } from '../../scene.ts'

/** A case in which `onRefusal` returns something that is not a refusal, or fails. */
const failing = (name: string, onRefusal: () => unknown): Scenario => ({
  name: `onRefusal that ${name} is a failure of the service`,
  app: () => ({ options: { onRefusal: onRefusal as NonNullable<GuardOptions['onRefusal']> } }),
  async run(scene) {
    expectRefusal(await scene.get(INVOICE), 'unavailable')
    expectPass(await scene.get(INVOICE, await scene.token()))
    assert.equal(scene.runs.length, 1)
  },
})

/** A case in which refusals go to the error handling of the framework. */
const handedOver = (): Scenario => {
  const errors: CapabilityError[] = []
  const onError = (error: unknown): ErrorAnswer => {
    assert.ok(error instanceof CapabilityError)
    errors.push(error)
    const { status, headers, code } = error as CapabilityError & { status: number; headers: Record<string, string> }
    return { status, headers, body: `refused: ${code}` }
  }
  return {
    name: "refuse: 'error' hands a CapabilityError with status and headers to the framework",
    app: () => {
      errors.length = 0
      return { options: { refuse: 'error' }, onError }
    },
    async run(scene) {
      expectPass(await scene.get(INVOICE, await scene.token()))
      const none = await scene.get(INVOICE)
      assert.deepEqual([none.status, none.body], [401, 'refused: missing_token'])
      assert.deepEqual(none.header('www-authenticate'), ['Bearer realm="writ"'])
      assert.deepEqual(none.header('cache-control'), ['no-store'])
      const other = await scene.get('/globex/invoices/7', await scene.token())
      assert.deepEqual([other.status, other.body], [403, 'refused: wrong_designation'])
      assert.deepEqual(other.header('www-authenticate'), [
        'Bearer realm="writ", error="insufficient_scope", scope="invoices:read"',
      ])
      const { label, expected, actual, stack } = errors[1] ?? assert.fail('the error handler did not run twice')
      assert.deepEqual([label, expected, actual], ['tenantId', 'acme', 'globex'])
      assert.ok(!stack?.includes('\n'), 'the error has a stack')
      assert.equal(scene.runs.length, 1)
    },
  }
}

/** How a refusal is answered and customised. */
export const refusals: readonly Scenario[] = [
  {
    name: 'realm names the realm in every challenge',
    app: () => ({ options: { realm: 'billing (eu)' } }),
    async run(scene) {
      expectRefusal(await scene.get(INVOICE), 'missing_token', { realm: 'billing (eu)' })
      expectRefusal(await scene.get(INVOICE, 'nonsense'), 'malformed_token', { realm: 'billing (eu)' })
    },
  },
  rfc6750(),
  {
    name: 'retryAfter says how long to wait when the decision could not be made',
    app: () => ({ options: { retryAfter: 60, revocation: { isRevoked: () => Promise.reject(new Error('down')) } } }),
    async run(scene) {
      expectRefusal(await scene.get(INVOICE, await scene.token()), 'unavailable', { retryAfter: 60 })
    },
  },
  {
    name: 'onRefusal that returns nothing leaves the answer as it is',
    app: () => ({ options: { onRefusal: () => undefined } }),
    async run(scene) {
      expectRefusal(await scene.get(INVOICE), 'missing_token')
    },
  },
  {
    name: 'onRefusal may change body, headers and status, and cannot let a request pass',
    app: () => ({
      options: {
        onRefusal: async ({ code, error }) => ({
          status: 404,
          headers: { 'content-type': 'text/plain', 'X-Code': code },
          body: `nothing here for ${error.actual}`,
        }),
      },
    }),
    async run(scene) {
      const response = await scene.get('/globex/invoices/7', await scene.token())
      assert.deepEqual([response.status, response.body], [404, 'nothing here for globex'])
      assert.deepEqual(response.header('content-type'), ['text/plain'])
      assert.deepEqual(response.header('x-code'), ['wrong_designation'])
      assert.deepEqual(response.header('cache-control'), ['no-store'])
      assert.deepEqual(scene.runs, [])
    },
  },
  {
    name: 'onRefusal may return an object as the body',
    app: () => ({ options: { onRefusal: ({ code }) => ({ body: { reason: code } }) } }),
    async run(scene) {
      const response = await scene.get(INVOICE)
      assert.deepEqual([response.status, response.body], [401, '{"reason":"missing_token"}'])
      assert.deepEqual(response.header('content-type'), ['application/problem+json; charset=utf-8'])
    },
  },
  failing('throws', () => {
    throw new Error('acme')
  }),
  failing('rejects', () => Promise.reject(new Error('acme'))),
  failing('returns a success', () => ({ status: 200 })),
  failing('returns a redirection', () => ({ status: 302, headers: { Location: '/' } })),
  failing('returns an invalid status', () => ({ status: Number.NaN })),
  failing('returns something else', () => true),
  failing('returns a header that splits the answer', () => ({ headers: { 'X-A': 'b\r\nSet-Cookie: c=d' } })),
  failing('returns an invalid header name', () => ({ headers: { 'X A': 'b' } })),
  handedOver(),
]

function rfc6750(): Scenario {
  const revocation = createRevocationList()
  return {
    name: 'rfc6750 answers 401 invalid_token where a new token may help, and 403 otherwise',
    app: () => ({ options: { rfc6750: true, revocation } }),
    async run(scene) {
      const mallory = await createTestAuthority()
      const forged = await mallory.mint({ resource: 'invoices', operation: 'read' })
      const revoked = await scene.token()
      revocation.revoke(revocationIds(revoked)[0] ?? '')
      const expired = await scene.token({ expiresIn: 1 })
      scene.authority.advance(1)
      const renewable: [string, AnsweredCode][] = [
        ['nonsense', 'malformed_token'],
        [forged, 'invalid_signature'],
        [expired, 'expired'],
        [revoked, 'revoked'],
      ]
      for (const [token, code] of renewable) {
        expectRefusal(await scene.get(INVOICE, token), code, { invalidToken: true })
      }
      expectRefusal(await scene.get(INVOICE), 'missing_token')
      expectRefusal(await scene.get(INVOICE, await scene.token({ resource: 'orders' })), 'wrong_resource')
      expectRefusal(await scene.get('/globex/invoices/7', await scene.token()), 'wrong_designation')
    },
  }
}
