import assert from 'node:assert/strict'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, route, type Scenario } from '../../scene.ts'

/** Names that every object inherits, or that change its prototype. */
const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'then']

/** Names with a meaning in JavaScript have no meaning here. */
export const names: readonly Scenario[] = NAMES.flatMap((name): Scenario[] => [
  {
    name: `a tenant may be called ${name}`,
    async run(scene) {
      const token = await scene.token({ designations: { tenantId: name, invoiceId: '7' } })
      const { designations } = expectPass(await scene.get(`/${name}/invoices/7`, token))
      assert.equal(designations?.['tenantId'], name)
      expectRefusal(await scene.get(`/${name}/invoices/7`, await scene.token()), 'wrong_designation')
    },
  },
  {
    name: `a resource and an operation may be called ${name}`,
    app: () => ({ routes: [route('GET', '/', { requirement: { resource: name, operation: name } })] }),
    async run(scene) {
      expectPass(await scene.get('/', await scene.token({ resource: name, operation: name, designations: {} })))
      expectRefusal(await scene.get('/', await scene.token({ designations: {} })), 'wrong_resource')
    },
  },
  {
    name: `a label may be called ${name}`,
    app: () => ({
      routes: [
        route('GET', '/:id', { requirement: { resource: 'invoices', designate: Object.fromEntries([[name, 'id']]) } }),
      ],
    }),
    async run(scene) {
      const token = await scene.token({ designations: Object.fromEntries([[name, '7']]) })
      const { designations } = expectPass(await scene.get('/7', token))
      assert.equal(Object.getOwnPropertyDescriptor(designations, name)?.value, '7')
      expectRefusal(await scene.get('/8', token), 'wrong_designation')
      expectRefusal(await scene.get('/7', await scene.token({ designations: {} })), 'undesignated')
    },
  },
  {
    name: `a param ${name} that a route does not have is a fault of the route`,
    app: () => ({
      routes: [
        route('GET', '/:tenantId/invoices/:invoiceId', {
          requirement: { resource: 'invoices', designate: { tenantId: name } },
        }),
      ],
    }),
    async run(scene) {
      expectRefusal(await scene.get(INVOICE, await scene.token()), 'source_missing')
    },
  },
  {
    name: `a credential that says ${name} is malformed`,
    async run(scene) {
      expectRefusal(await scene.get(INVOICE, name), 'malformed_token')
    },
  },
])
