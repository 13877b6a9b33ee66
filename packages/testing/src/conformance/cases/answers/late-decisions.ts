import assert from 'node:assert/strict'
import type { HttpGuardOptions } from '@writ/http'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, route, type Scenario } from '../../scene.ts'
import { gate, grace, later, turns } from '../../wait.ts'

/** How long a decision is delayed, in milliseconds: longer than an adapter that gives up would wait. */
const LONG = 250

/** How long to wait for a hook to be called, in milliseconds. */
const PATIENCE = 3000

/** What is slow in a case, and how it is delayed. */
type SlowPart = (opened: Promise<void>) => Partial<HttpGuardOptions>

/** A case in which a part of the decision is delayed. Before it ends, no answer is sent and nothing runs. */
function waits(name: string, slow: SlowPart, code?: 'revoked' | 'unavailable'): Scenario {
  let held = gate()
  return {
    name: `${name} is waited for, however long it takes`,
    app: () => {
      held = gate()
      return { options: slow(held.opened) }
    },
    async run(scene) {
      let answered = 0
      const token = await scene.token()
      const requests = ['GET', 'HEAD'].map((method) =>
        scene.send({ method, path: INVOICE, token }).finally(() => {
          answered += 1
        }),
      )
      await later(LONG)
      const early = [answered, scene.runs.length]
      // In any case: an app stops only when its requests are done.
      held.open()
      assert.deepEqual(early, [0, 0], 'somebody was answered before the decision')
      const [got, head] = await Promise.all(requests)
      assert.ok(got && head)
      if (code) {
        expectRefusal(got, code)
        expectRefusal(head, code, { head: true })
      } else {
        assert.equal(expectPass(got).subject, 'alice')
        assert.equal(head.status, 200)
      }
    },
  }
}

/** A case in which the client goes away during the decision, and is then refused. */
function gone(name: string, slow: (begun: () => void, opened: Promise<void>) => Partial<HttpGuardOptions>): Scenario {
  let held = gate()
  let begun = gate()
  return {
    name: `a client that goes away while ${name} lets nothing through`,
    app: () => {
      held = gate()
      begun = gate()
      const routes = ['GET', 'POST'] as const
      const requirement = { resource: 'invoices', operation: 'read', designate: ['tenantId', 'invoiceId'] }
      return {
        options: slow(() => begun.open(), held.opened),
        routes: routes.map((method) => route(method, '/:tenantId/invoices/:invoiceId', { requirement })),
      }
    },
    async run(scene) {
      const token = await scene.token()
      for (const method of ['GET', 'POST'] as const) {
        const connection = await scene.connect()
        const body = method === 'GET' ? '' : 'ten bytes.'
        connection.begin({ method, path: INVOICE, token, body }, body.length)
        await Promise.race([begun.opened, later(PATIENCE).then(() => assert.fail('the guard did not ask'))])
        begun = gate()
        connection.abort()
      }
      // Waits until the server has noticed and reacted.
      await grace()
      const early = [...scene.runs]
      held.open()
      assert.deepEqual(early, [], 'the handler has run for a client that has gone')
      await turns(10)
      assert.deepEqual(scene.runs, [])
    },
  }
}

/** Slow decisions, and clients that go away. */
export const lateDecisions: readonly Scenario[] = [
  waits(
    'a slow revocation list',
    (opened) => ({ revocation: { isRevoked: () => opened.then(() => true) } }),
    'revoked',
  ),
  waits('a slow revocation list that revokes nothing', (opened) => ({
    revocation: { isRevoked: () => opened.then(() => false) },
  })),
  waits(
    'a slow revocation list that fails in the end',
    (opened) => ({ revocation: { isRevoked: () => opened.then(() => Promise.reject(new Error('down'))) } }),
    'unavailable',
  ),
  waits('a slow onDecision', (opened) => ({ onDecision: () => opened })),
  waits(
    'a slow onDecision that fails in the end',
    (opened) => ({ onDecision: () => opened.then(() => Promise.reject(new Error('down'))) }),
    'unavailable',
  ),
  waits(
    'a slow onRefusal',
    (opened) => ({ revocation: { isRevoked: () => true }, onRefusal: () => opened.then(() => undefined) }),
    'revoked',
  ),
  gone('its token is looked up', (begun, opened) => ({
    revocation: {
      isRevoked: () => {
        begun()
        return opened.then(() => true)
      },
    },
  })),
  gone('its refusal is worded', (begun, opened) => ({
    revocation: { isRevoked: () => true },
    onRefusal: () => {
      begun()
      return opened.then(() => undefined)
    },
  })),
  {
    name: 'a client that goes away in the middle of its body lets nothing through',
    app: () => ({
      json: true,
      routes: [
        route('POST', '/accounts', {
          requirement: { resource: 'accounts', designate: { account: { body: 'accountId' } } },
        }),
      ],
    }),
    async run(scene) {
      const token = await scene.token({ resource: 'accounts', operation: 'write', designations: { account: 'a1' } })
      const headers = [['Content-Type', 'application/json'] as const]
      const body = '{"accountId":"a1"}'
      for (const credential of [token, undefined]) {
        const connection = await scene.connect()
        connection.begin({ method: 'POST', path: '/accounts', token: credential, headers, body }, body.length + 1)
        await turns(5)
        connection.abort()
      }
      await grace()
      assert.deepEqual(scene.runs, [])
    },
  },
]
