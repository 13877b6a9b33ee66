import assert from 'node:assert/strict'
import type { Decision, RequestView } from '@writ/http'
import { createTestAuthority } from '../../../create-test-authority.ts'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, INVOICE_ROUTE, route, type Scenario } from '../../scene.ts'

/** A case that looks at what `onDecision` was told. */
function watched(
  name: string,
  options: { readonly mode?: 'report' },
  run: (scene: Parameters<Scenario['run']>[0], decisions: readonly Told[]) => Promise<void>,
): Scenario {
  const decisions: Told[] = []
  return {
    name,
    app: () => {
      decisions.length = 0
      return {
        options: {
          ...options,
          async onDecision(decision, { request, native }) {
            assert.equal(typeof native, 'object')
            decisions.push({ decision, request })
          },
        },
      }
    },
    run: (scene) => run(scene, decisions),
  }
}

interface Told {
  readonly decision: Decision
  readonly request: RequestView
}

/** A decision without its duration. */
const summary = ({ decision }: Told) => {
  const { allowed, enforced, code, capability, label, expected, actual } = decision
  assert.ok(decision.durationMs >= 0 && decision.durationMs < 60_000)
  assert.equal(decision.requirement.resource, 'invoices')
  assert.equal(decision.operation, 'read')
  return { allowed, enforced, code, subject: capability?.subject, label, expected, actual }
}

const silent = { subject: undefined, label: undefined, expected: undefined, actual: undefined }
const other = { label: 'tenantId', expected: 'acme', actual: 'globex' }

/** As handlers of a quick start do it: they demand the capability. */
const demanding = { ...INVOICE_ROUTE, accessor: 'capability' } as const

/** What operators are told, and report mode. */
export const decisions: readonly Scenario[] = [
  watched(
    'onDecision learns of every decision, with the values that the caller does not get',
    {},
    async (scene, told) => {
      expectPass(await scene.get(INVOICE, await scene.token()))
      expectRefusal(await scene.get('/globex/invoices/7?a=b', await scene.token()), 'wrong_designation')
      expectRefusal(await scene.get(INVOICE), 'missing_token')
      assert.deepEqual(told.map(summary), [
        { ...silent, allowed: true, enforced: true, code: undefined, subject: 'alice' },
        { allowed: false, enforced: true, code: 'wrong_designation', subject: 'alice', ...other },
        { ...silent, allowed: false, enforced: true, code: 'missing_token' },
      ])
      const { method, path, params } = told[1]?.request ?? assert.fail()
      assert.deepEqual(
        [method, path, { ...params }],
        ['GET', '/globex/invoices/7', { tenantId: 'globex', invoiceId: '7' }],
      )
    },
  ),
  watched('onDecision learns the true code where the caller does not', {}, async (scene, told) => {
    const forged = (await scene.token()).replace(/.{20}(=*)$/, `${'A'.repeat(20)}$1`)
    await scene.get(INVOICE, forged)
    assert.equal(told[0]?.decision.allowed, false)
    assert.equal(told[0]?.decision.capability, undefined)
  }),
  watched(
    'report mode lets every request continue, and onDecision learns what would have been refused',
    { mode: 'report' },
    async (scene, told) => {
      assert.equal(expectPass(await scene.get(INVOICE, await scene.token())).subject, 'alice')
      assert.equal(expectPass(await scene.get(INVOICE)).subject, null)
      assert.equal(expectPass(await scene.get(INVOICE, 'nonsense')).subject, null)
      assert.deepEqual(told.map(summary), [
        { ...silent, allowed: true, enforced: false, code: undefined, subject: 'alice' },
        { ...silent, allowed: false, enforced: false, code: 'missing_token' },
        { ...silent, allowed: false, enforced: false, code: 'malformed_token' },
      ])
    },
  ),
  watched(
    'report mode attaches a capability that was proven, without designations that were not',
    { mode: 'report' },
    async (scene, told) => {
      const { subject, designations } = expectPass(await scene.get('/globex/invoices/7', await scene.token()))
      assert.deepEqual([subject, { ...designations }], ['alice', {}])
      assert.deepEqual(told.map(summary), [
        { allowed: false, enforced: false, code: 'wrong_designation', subject: 'alice', ...other },
      ])
    },
  ),
  {
    name: 'a guard that enforces says so of the capability',
    app: () => ({ routes: [demanding] }),
    async run(scene) {
      const { subject, enforced, code } = expectPass(await scene.get(INVOICE, await scene.token()))
      assert.deepEqual({ subject, enforced, code }, { subject: 'alice', enforced: true, code: null })
    },
  },
  {
    name: 'in report mode the capability says that it is not enforced, and what would have been refused',
    app: () => ({ options: { mode: 'report' }, routes: [demanding] }),
    async run(scene) {
      const answerTo = async (path: string, token: string) => {
        const { subject, designations, enforced, code } = expectPass(await scene.get(path, token))
        return { subject, designations: { ...designations }, enforced, code }
      }
      const bound = { tenantId: 'acme', invoiceId: '7' }
      const reported = { subject: 'alice', designations: {}, enforced: false }
      assert.deepEqual(await answerTo(INVOICE, await scene.token()), { ...reported, designations: bound, code: null })
      assert.deepEqual(await answerTo('/globex/invoices/7', await scene.token()), {
        ...reported,
        code: 'wrong_designation',
      })
      assert.deepEqual(await answerTo(INVOICE, await scene.token({ resource: 'orders' })), {
        ...reported,
        code: 'wrong_resource',
      })
    },
  },
  {
    name: 'in report mode a handler that demands a capability gets one of nobody where nothing was proven',
    app: () => ({ options: { mode: 'report' }, routes: [demanding, route('GET', '/healthz', 'public', 'capability')] }),
    async run(scene) {
      const mallory = await createTestAuthority({ now: scene.authority.now() })
      const nobody = { subject: '', designations: {}, enforced: false }
      for (const [token, code] of [
        [undefined, 'missing_token'],
        ['nonsense', 'malformed_token'],
        [await mallory.mint({ resource: 'invoices', operation: 'read' }), 'invalid_signature'],
      ] as const) {
        const { subject, designations, enforced, ...told } = expectPass(await scene.get(INVOICE, token))
        assert.deepEqual({ subject, designations, enforced, code: told.code }, { ...nobody, code })
      }
      assert.equal((await scene.get('/healthz', await scene.token())).status, 500)
    },
  },
]
