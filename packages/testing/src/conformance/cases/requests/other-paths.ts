import assert from 'node:assert/strict'
import { expectPass } from '../../expect-answer.ts'
import { INVOICE, INVOICE_ROUTE, route, type Scenario } from '../../scene.ts'

const OTHERS = { routes: [INVOICE_ROUTE, route('GET', '/healthz', 'public'), route('GET', '/public/:file', 'public')] }

/** A case with paths that resemble the one of the invoice: none of them leads to it without its token. */
function noWay(name: string, ...paths: readonly string[]): Scenario {
  return {
    name,
    app: () => OTHERS,
    async run(scene) {
      const wrong = await scene.token({ designations: { tenantId: 'globex', invoiceId: '9' } })
      for (const path of paths) {
        for (const method of ['GET', 'HEAD']) {
          for (const token of [undefined, 'nonsense', wrong]) {
            const response = await scene.send({ method, path, token })
            assert.ok(response.status >= 400, `${method} ${path}: ${response.text}`)
          }
        }
      }
      assert.deepEqual(scene.runs, [])
      expectPass(await scene.get('/healthz'))
    },
  }
}

/** Other spellings of a guarded path. If a framework routes them to the handler, the guard must run too. */
export const otherPaths: readonly Scenario[] = [
  noWay(
    'no spelling of a path that a router may take for another leads past the guard',
    ...[
      `${INVOICE}/`,
      `${INVOICE}//`,
      `/${INVOICE}`,
      '/acme//invoices/7',
      '/acme/./invoices/7',
      '/./acme/invoices/7',
      '/healthz/../acme/invoices/7',
      '/public/../acme/invoices/7',
      '/public/..%2Facme/invoices/7',
      '/acme/INVOICES/7',
      '/ACME/Invoices/7',
      '/acme/%69nvoices/7',
      '/acme%2Finvoices%2F7',
      '/acme/invoices%2F7',
      '/acme\\invoices\\7',
      `${INVOICE};x=1`,
      '/acme;x/invoices/7',
      `${INVOICE}.json`,
      `${INVOICE}%00`,
      `${INVOICE}%20`,
      `${INVOICE}%2e`,
      `${INVOICE}#/healthz`,
    ],
  ),
  noWay(
    'no query leads past the guard',
    ...[
      `${INVOICE}?`,
      `${INVOICE}?/healthz`,
      `${INVOICE}?_method=OPTIONS`,
      `${INVOICE}?public`,
      `${INVOICE}?public=true`,
      `${INVOICE}?debug=1&admin=true&internal=1`,
      `${INVOICE}?format=json`,
      `${INVOICE}?healthz`,
      `${INVOICE}?x=/public/`,
      `${INVOICE}?guard=false&mode=report`,
      `${INVOICE}?__proto__=x&constructor=y`,
    ],
  ),
  noWay(
    'the absolute form of a path does not lead past the guard',
    ...[
      `http://127.0.0.1${INVOICE}`,
      `http://localhost${INVOICE}`,
      `http://healthz${INVOICE}`,
      `https://user:password@localhost${INVOICE}?x`,
    ],
  ),
]
