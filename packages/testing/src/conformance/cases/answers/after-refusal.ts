import assert from 'node:assert/strict'
import type { HttpGuardOptions } from '@writ/http'
import { createTestAuthority } from '../../../create-test-authority.ts'
import type { SlowPaths } from '../../app-description.ts'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import {
  type AppDifference,
  INVOICE,
  INVOICE_ROUTE,
  route,
  type Scenario,
  type Scene,
  type SceneRequest,
} from '../../scene.ts'
import { grace, later } from '../../wait.ts'

const JSON_TYPE = ['Content-Type', 'application/json'] as const
const guarded = { requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } } as const

/** One request for each way in which a request is refused. */
async function refusedRequests(scene: Scene): Promise<readonly SceneRequest[]> {
  const mallory = await createTestAuthority({ now: scene.authority.now() })
  const good = await scene.token()
  const other = await scene.token({ designations: { tenantId: 'globex', invoiceId: '7' } })
  const expired = await scene.token({ expiresIn: 1 })
  scene.authority.advance(1)
  return [
    { path: INVOICE },
    { path: INVOICE, token: 'nonsense' },
    { path: INVOICE, token: good.slice(0, -8) },
    { path: INVOICE, token: await mallory.mint({ resource: 'invoices', operation: 'read' }) },
    { path: INVOICE, token: expired },
    { path: INVOICE, token: other },
    { path: INVOICE, token: await scene.token({ operation: 'write' }) },
    { path: INVOICE, token: await scene.token({ designations: {} }) },
    { path: INVOICE, token: good, headers: [['Authorization', `Bearer ${good}`]] },
    { method: 'HEAD', path: INVOICE },
    { method: 'HEAD', path: INVOICE, token: other },
    { method: 'POST', path: INVOICE, token: good, headers: [JSON_TYPE], body: '{"invoiceId":"7"}' },
    { method: 'POST', path: INVOICE, body: 'x'.repeat(100_000) },
    { path: '/acme/streams/7', token: other },
    { path: '/acme/streams/7' },
  ]
}

const STREAMED = { ...route('GET', '/:tenantId/streams/:invoiceId', guarded), streamed: true, handle: () => chunks() }
const ROUTES = [INVOICE_ROUTE, route('POST', '/:tenantId/invoices/:invoiceId', guarded), STREAMED]

async function* chunks(): AsyncGenerator<string> {
  for (const chunk of ['first ', 'second ', 'last']) {
    await later(1)
    yield chunk
  }
}

/** An app that counts runs of the hooks between the guard and the handler, and the count. */
function counted(difference: AppDifference, slow: SlowPaths = {}) {
  const seen = { between: 0 }
  const app = (): AppDifference => {
    seen.between = 0
    const beforeHandler = async () => {
      seen.between += 1
    }
    return { routes: ROUTES, ...difference, slow: { ...slow, beforeHandler } }
  }
  return { seen, app }
}

/** A case in which every refused request stays refused, for as long as the suite looks. */
function stays(name: string, difference: AppDifference = {}, slow: SlowPaths = {}): Scenario {
  const { seen, app } = counted(difference, slow)
  return {
    name,
    app,
    async run(scene) {
      const answers = await Promise.all((await refusedRequests(scene)).map((request) => scene.send(request)))
      for (const { status, text } of answers) {
        assert.ok(status >= 400, text)
        assert.ok(
          !text.includes('route') && !text.includes('first '),
          `a refusal holds what a handler answers: ${text}`,
        )
      }
      await grace()
      assert.deepEqual([scene.runs, seen.between], [[], 0], 'code of the user has run after a refusal')
      expectPass(await scene.get(INVOICE, await scene.token()))
      assert.equal(seen.between, 1)
    },
  }
}

const slowly = async () => later(20)
const options = (given: Partial<HttpGuardOptions>): AppDifference => ({ options: given })
const onError = () => ({ status: 403, headers: {}, body: 'refused' })

/** After a refusal no code of the user runs, even if the answer leaves late. */
export const afterRefusal: readonly Scenario[] = [
  stays('nothing runs behind a refused request, neither at once nor within a tenth of a second'),
  stays('a refusal stops the request although its answer leaves later', {}, { beforeSend: slowly }),
  stays('a refusal stops the request although the request itself was held up', {}, { beforeGuard: slowly }),
  stays(
    'a refusal that onRefusal words late stops the request although its answer leaves later',
    options({ onRefusal: () => later(5).then(() => undefined) }),
    { beforeSend: slowly },
  ),
  stays(
    "refuse: 'error' stops the request although the answer leaves later",
    { ...options({ refuse: 'error' }), onError },
    { beforeSend: slowly },
  ),
  stays(
    'a request that could not be decided about stays refused although the answer leaves later',
    options({
      onDecision: ({ allowed }) => {
        if (!allowed) throw new Error('acme')
      },
    }),
    { beforeSend: slowly },
  ),
  {
    name: 'a refusal is answered in full although its answer leaves later',
    app: () => ({ slow: { beforeSend: slowly } }),
    async run(scene) {
      expectRefusal(await scene.get(INVOICE), 'missing_token')
      expectRefusal(await scene.get('/globex/invoices/7', await scene.token()), 'wrong_designation')
      expectPass(await scene.get(INVOICE, await scene.token()))
    },
  },
  {
    name: 'a handler may answer with a stream, and a refused request gets nothing of it',
    app: () => ({ routes: ROUTES }),
    async run(scene) {
      const passed = await scene.get('/acme/streams/7', await scene.token())
      assert.deepEqual([passed.status, passed.body], [200, 'first second last'])
      expectRefusal(await scene.get('/acme/streams/7'), 'missing_token')
      expectRefusal(await scene.get('/acme/streams/8', await scene.token()), 'wrong_designation')
    },
  },
]
