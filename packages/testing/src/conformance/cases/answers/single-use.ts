import assert from 'node:assert/strict'
import { createUseLedger, type UseLedger } from '@writ/core'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, INVOICE_ROUTE, route, type Scenario, type Scene } from '../../scene.ts'

/** A case with a ledger that the authority and the app share. */
function withLedger(
  name: string,
  run: (scene: Scene, singleUse: UseLedger) => Promise<void>,
  more: { readonly routes?: readonly (typeof INVOICE_ROUTE)[]; readonly consume?: UseLedger['consume'] } = {},
): Scenario {
  let singleUse: UseLedger | undefined
  const { routes, consume } = more
  return {
    name,
    app: (authority) => {
      singleUse = createUseLedger({ now: authority.now })
      return { ...(routes && { routes }), options: { singleUse: consume ? { ...singleUse, consume } : singleUse } }
    },
    run: (scene) => run(scene, singleUse ?? assert.fail('the app was not described')),
  }
}

/** Single-use capabilities. */
export const singleUse: readonly Scenario[] = [
  withLedger('a single-use capability passes once', async (scene, singleUse) => {
    const token = await scene.token({ singleUse })
    expectRefusal(await scene.get('/globex/invoices/7', token), 'wrong_designation')
    expectPass(await scene.get(INVOICE, token))
    expectRefusal(await scene.get(INVOICE, token), 'already_used')
  }),
  withLedger('of two requests at the same time with a single-use capability, one passes', async (scene, singleUse) => {
    const token = await scene.token({ singleUse })
    const answers = await Promise.all([scene.get(INVOICE, token), scene.get(INVOICE, token)])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403])
  }),
  withLedger(
    'several guards on one request are one use',
    async (scene, singleUse) => {
      const token = await scene.token({ singleUse })
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
    'a ledger that fails is answered 503',
    async (scene, singleUse) =>
      expectRefusal(await scene.get(INVOICE, await scene.token({ singleUse })), 'unavailable'),
    { consume: () => Promise.reject(new Error('the store is down')) },
  ),
  {
    name: 'without a ledger a single-use capability is refused',
    run: async (scene) => {
      const singleUse = createUseLedger({ now: scene.authority.now })
      expectRefusal(await scene.get(INVOICE, await scene.token({ singleUse })), 'already_used')
    },
  },
]
