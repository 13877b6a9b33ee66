import assert from 'node:assert/strict'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, route, type Scenario } from '../../scene.ts'

const PATH = '/:tenantId/invoices/:invoiceId'

/** The only invoice that a second guard accepts. */
const ownInvoice = () => '7'

/** What a requirement demands, and how requirements combine. */
export const requirements: readonly Scenario[] = [
  {
    name: 'guard.with unites designations and lets the requirement override the rest',
    app: () => ({
      routes: [
        route('GET', PATH, {
          defaults: [
            { resource: 'orders', operation: 'list', designate: ['tenantId'] },
            { resource: 'invoices', designate: { invoiceId: 'tenantId' } },
          ],
          requirement: { operation: 'read', designate: { invoiceId: 'invoiceId' } },
        }),
      ],
    }),
    async run(scene) {
      const { designations } = expectPass(await scene.get(INVOICE, await scene.token()))
      assert.deepEqual({ ...designations }, { tenantId: 'acme', invoiceId: '7' })
      expectRefusal(await scene.get(INVOICE, await scene.token({ resource: 'orders' })), 'wrong_resource')
      expectRefusal(await scene.get(INVOICE, await scene.token({ operation: 'list' })), 'wrong_operation')
    },
  },
  {
    name: 'guard.public lets everybody pass, and attaches nothing',
    app: () => ({ routes: [route('GET', '/healthz', 'public')] }),
    async run(scene) {
      assert.equal(expectPass(await scene.get('/healthz')).subject, null)
      assert.equal(expectPass(await scene.get('/healthz', 'nonsense')).subject, null)
      assert.equal(expectPass(await scene.get('/healthz', await scene.token())).subject, null)
    },
  },
  {
    name: 'asking for the capability of a public route is an error of the service, not a pass',
    app: () => ({ routes: [route('GET', '/healthz', 'public', 'capability')] }),
    async run(scene) {
      assert.equal((await scene.get('/healthz', await scene.token())).status, 500)
      assert.deepEqual(scene.runs, [])
    },
  },
  {
    name: 'a handler behind a guard gets its capability',
    app: () => ({
      routes: [
        route(
          'GET',
          PATH,
          { requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } },
          'capability',
        ),
      ],
    }),
    async run(scene) {
      assert.equal(expectPass(await scene.get(INVOICE, await scene.token({ subject: 'bob' }))).subject, 'bob')
    },
  },
  {
    name: 'one of several requirements is enough, and the handler gets what that one proved',
    app: () => ({
      routes: [
        route('GET', PATH, {
          defaults: [{ resource: 'invoices', designate: ['tenantId'] }],
          requirement: [{ designate: ['invoiceId'] }, { resource: 'tenants', operation: 'audit' }],
        }),
      ],
    }),
    async run(scene) {
      const one = expectPass(await scene.get(INVOICE, await scene.token()))
      assert.deepEqual({ ...one.designations }, { tenantId: 'acme', invoiceId: '7' })
      const auditor = { resource: 'tenants', operation: 'audit', designations: { tenantId: 'acme' } }
      const other = expectPass(await scene.get('/acme/invoices/8', await scene.token(auditor)))
      assert.deepEqual({ ...other.designations }, { tenantId: 'acme' })
      expectRefusal(await scene.get('/globex/invoices/8', await scene.token(auditor)), 'wrong_designation')
    },
  },
  {
    name: 'if none of several requirements is met, the code is that of the one that got furthest',
    app: () => ({
      routes: [
        route('GET', PATH, {
          defaults: [{ designate: ['tenantId', 'invoiceId'] }],
          requirement: [
            { resource: 'orders' },
            { resource: 'invoices', operation: 'audit' },
            { resource: 'invoices', subject: 'bob' },
            { resource: 'reports' },
          ],
        }),
      ],
    }),
    async run(scene) {
      expectRefusal(await scene.get(INVOICE, await scene.token({ resource: 'users' })), 'wrong_resource')
      expectRefusal(await scene.get(INVOICE, await scene.token({ operation: 'write' })), 'wrong_operation')
      expectRefusal(await scene.get(INVOICE, await scene.token()), 'wrong_subject')
      expectRefusal(await scene.get('/acme/invoices/8', await scene.token({ subject: 'bob' })), 'wrong_designation')
      expectRefusal(await scene.get(INVOICE), 'missing_token')
      expectRefusal(await scene.get(INVOICE, 'nonsense'), 'malformed_token')
    },
  },
  {
    name: 'several guards on one request must all pass',
    app: () => ({
      routes: [
        route('GET', PATH, [
          { requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } },
          { requirement: { resource: 'invoices', designate: { tenantId: 'tenantId', invoiceId: ownInvoice } } },
        ]),
      ],
    }),
    async run(scene) {
      const eight = await scene.token({ designations: { tenantId: 'acme', invoiceId: '8' } })
      expectPass(await scene.get(INVOICE, await scene.token()))
      expectRefusal(await scene.get(INVOICE, eight), 'wrong_designation')
      expectRefusal(await scene.get('/acme/invoices/8', eight), 'wrong_designation')
      expectRefusal(await scene.get('/acme/invoices/8', await scene.token()), 'wrong_designation')
      assert.equal(scene.runs.length, 1)
    },
  },
  {
    name: 'of several guards the handler gets what the last one proved',
    app: () => ({
      options: { mode: 'report' },
      routes: [
        route('GET', PATH, [
          { requirement: { resource: 'orders', designate: ['tenantId', 'invoiceId'] } },
          { requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } },
        ]),
      ],
    }),
    async run(scene) {
      const { designations, code } = expectPass(await scene.get(INVOICE, await scene.token()))
      assert.deepEqual({ ...designations }, { tenantId: 'acme', invoiceId: '7' })
      assert.equal(code, 'wrong_resource', 'the first guard would have ended the request')
      const orders = expectPass(await scene.get(INVOICE, await scene.token({ resource: 'orders' })))
      assert.deepEqual({ ...orders.designations }, {})
    },
  },
  {
    name: 'a required subject is the only one that passes',
    app: () => ({
      routes: [
        route('GET', PATH, {
          requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'], subject: 'alice' },
        }),
      ],
    }),
    async run(scene) {
      expectPass(await scene.get(INVOICE, await scene.token()))
      expectRefusal(await scene.get(INVOICE, await scene.token({ subject: 'mallory' })), 'wrong_subject')
      expectRefusal(await scene.get(INVOICE, await scene.token({ subject: 'Alice' })), 'wrong_subject')
    },
  },
  {
    name: 'allowUndesignated lets a token in that names no object, and still refuses one that names another',
    app: () => ({
      routes: [
        route('GET', PATH, {
          requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'], allowUndesignated: true },
        }),
      ],
    }),
    async run(scene) {
      const { designations } = expectPass(await scene.get(INVOICE, await scene.token({ designations: {} })))
      assert.deepEqual({ ...designations }, {})
      const globex = await scene.token({ designations: { tenantId: 'globex' } })
      expectRefusal(await scene.get(INVOICE, globex), 'wrong_designation')
    },
  },
  {
    name: 'a token for a whole tenant passes where the label that it leaves unbound may be, and no other label may',
    app: () => ({
      routes: [
        route('GET', PATH, {
          defaults: [{ resource: 'invoices', designate: ['tenantId'], allowUndesignated: true }],
          requirement: { designate: ['invoiceId'], allowUndesignated: ['invoiceId'] },
        }),
      ],
    }),
    async run(scene) {
      const of = (designations: Readonly<Record<string, string>>) => scene.token({ designations })
      const { designations } = expectPass(await scene.get(INVOICE, await of({ tenantId: 'acme' })))
      assert.deepEqual({ ...designations }, { tenantId: 'acme' })
      expectPass(await scene.get(INVOICE, await scene.token()))
      expectRefusal(await scene.get(INVOICE, await of({})), 'undesignated')
      expectRefusal(await scene.get(INVOICE, await of({ invoiceId: '7' })), 'undesignated')
      expectRefusal(await scene.get(INVOICE, await of({ tenantId: 'globex' })), 'wrong_designation')
      expectRefusal(await scene.get(INVOICE, await of({ tenantId: 'acme', invoiceId: '8' })), 'wrong_designation')
    },
  },
  {
    name: 'an optional guard lets a request without a credential pass, and refuses an invalid one',
    app: () => ({
      routes: [
        route('GET', PATH, {
          requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'], optional: true },
        }),
      ],
    }),
    async run(scene) {
      assert.equal(expectPass(await scene.get(INVOICE)).subject, null)
      assert.equal(
        expectPass(await scene.send({ path: INVOICE, headers: [['Authorization', 'Basic eA==']] })).subject,
        null,
      )
      assert.equal(expectPass(await scene.get(INVOICE, await scene.token())).subject, 'alice')
      expectRefusal(await scene.get(INVOICE, 'nonsense'), 'malformed_token')
      expectRefusal(await scene.get('/acme/invoices/8', await scene.token()), 'wrong_designation')
      const credential = ['Authorization', `Bearer ${await scene.token()}`] as const
      expectRefusal(await scene.send({ path: INVOICE, headers: [credential, credential] }), 'malformed_token')
    },
  },
  {
    name: 'a guard without designations accepts a token that has none, and refuses one that demands some',
    app: () => ({ routes: [route('GET', PATH, { requirement: { resource: 'invoices' } })] }),
    async run(scene) {
      expectPass(await scene.get(INVOICE, await scene.token({ designations: {} })))
      expectRefusal(await scene.get(INVOICE, await scene.token()), 'missing_designation')
    },
  },
]
