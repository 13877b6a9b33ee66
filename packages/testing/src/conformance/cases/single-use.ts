import assert from 'node:assert/strict'
import { createFacetLedger, type FacetLedger } from '@writ/core'
import { expectPass, expectRefusal } from '../expect-answer.ts'
import { INVOICE, INVOICE_ROUTE, route, type Scenario, type Scene } from '../scene.ts'

/** A case with a ledger that the authority and the app share. */
function withLedger(
  name: string,
  run: (scene: Scene, facets: FacetLedger) => Promise<void>,
  more: { readonly routes?: readonly (typeof INVOICE_ROUTE)[]; readonly consume?: FacetLedger['consume'] } = {},
): Scenario {
  let facets: FacetLedger | undefined
  const { routes, consume } = more
  return {
    name,
    app: (authority) => {
      facets = createFacetLedger({ now: authority.now })
      return { ...(routes && { routes }), options: { facets: consume ? { ...facets, consume } : facets } }
    },
    run: (scene) => run(scene, facets ?? assert.fail('the app was not described')),
  }
}

/** Capabilities that are good for one use. */
export const singleUse: readonly Scenario[] = [
  withLedger('a single-use capability passes once', async (scene, facets) => {
    const token = await scene.token({ facets })
    expectRefusal(await scene.get('/globex/invoices/7', token), 'wrong_designation')
    expectPass(await scene.get(INVOICE, token))
    expectRefusal(await scene.get(INVOICE, token), 'already_used')
  }),
  withLedger('of two requests at once one passes', async (scene, facets) => {
    const token = await scene.token({ facets })
    const answers = await Promise.all([scene.get(INVOICE, token), scene.get(INVOICE, token)])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403])
  }),
  withLedger(
    'several guards on one request are one use',
    async (scene, facets) => {
      const token = await scene.token({ facets })
      expectPass(await scene.get(INVOICE, token))
      expectRefusal(await scene.get(INVOICE, token), 'already_used')
    },
    {
      routes: [
        route('GET', INVOICE_ROUTE.path, [
          { requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } },
          { requirement: { resource: 'invoices', designate: ['invoiceId', 'tenantId'] } },
        ]),
      ],
    },
  ),
  withLedger(
    'a ledger that fails is 503',
    async (scene, facets) => expectRefusal(await scene.get(INVOICE, await scene.token({ facets })), 'unavailable'),
    { consume: () => Promise.reject(new Error('the store is down')) },
  ),
  {
    name: 'without a ledger a single-use capability is refused',
    run: async (scene) => {
      const facets = createFacetLedger({ now: scene.authority.now })
      expectRefusal(await scene.get(INVOICE, await scene.token({ facets })), 'already_used')
    },
  },
]
