import assert from 'node:assert/strict'
import { createRevocationList, revocationIds } from '@writ/core'
import { createRandom } from '../../create-random.ts'
import { expectPass, expectRefusal } from '../../expect-answer.ts'
import { INVOICE, route, type Scenario } from '../../scene.ts'
import { later, turns } from '../../wait.ts'

const PATH = '/:tenantId/invoices/:invoiceId'
const REQUESTS = 60

/** Requests of one connection or server that follow each other share nothing. */
export const connections: readonly Scenario[] = [
  keptAlive(),
  interleaved(),
  {
    name: 'a request without a credential is refused after one that passed on the same connection',
    async run(scene) {
      const connection = await scene.connect()
      for (let times = 0; times < 2; times += 1) {
        expectPass(await connection.send({ path: INVOICE, token: await scene.token() }))
        expectRefusal(await connection.send({ path: INVOICE }), 'missing_token')
        expectRefusal(await connection.send({ path: INVOICE, token: 'nonsense' }), 'malformed_token')
      }
    },
  },
  {
    name: 'a request without a credential is refused after one that passed on another connection',
    async run(scene) {
      expectPass(await scene.get(INVOICE, await scene.token()))
      expectRefusal(await scene.get(INVOICE), 'missing_token')
      expectRefusal(await scene.get(INVOICE, 'nonsense'), 'malformed_token')
    },
  },
  {
    name: 'a request passes after a refused one on the same connection',
    async run(scene) {
      const connection = await scene.connect()
      expectRefusal(await connection.send({ path: INVOICE }), 'missing_token')
      expectPass(await connection.send({ path: INVOICE, token: await scene.token() }))
    },
  },
  {
    name: 'a token that expires between two requests of a connection is refused',
    async run(scene) {
      const connection = await scene.connect()
      const token = await scene.token({ expiresIn: 1 })
      expectPass(await connection.send({ path: INVOICE, token }))
      scene.authority.advance(1)
      expectRefusal(await connection.send({ path: INVOICE, token }), 'expired')
    },
  },
  {
    name: 'an optional guard finds no capability of an earlier request',
    app: () => ({
      routes: [
        route('GET', PATH, {
          requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'], optional: true },
        }),
      ],
    }),
    async run(scene) {
      const connection = await scene.connect()
      assert.equal(expectPass(await connection.send({ path: INVOICE, token: await scene.token() })).subject, 'alice')
      assert.equal(expectPass(await connection.send({ path: INVOICE })).subject, null)
      assert.equal(expectPass(await scene.get(INVOICE)).subject, null)
    },
  },
  {
    name: 'a public route finds no capability of an earlier request',
    app: () => ({
      routes: [
        route('GET', PATH, { requirement: { resource: 'invoices', designate: ['tenantId', 'invoiceId'] } }),
        route('GET', '/healthz', 'public'),
      ],
    }),
    async run(scene) {
      const connection = await scene.connect()
      expectPass(await connection.send({ path: INVOICE, token: await scene.token() }))
      assert.equal(expectPass(await connection.send({ path: '/healthz' })).subject, null)
      assert.equal(expectPass(await scene.get('/healthz')).subject, null)
    },
  },
]

/** Each request proves its own token. */
function keptAlive(): Scenario {
  const revocation = createRevocationList()
  return {
    name: 'a token that is revoked between two requests of a connection is refused',
    app: () => ({ options: { revocation } }),
    async run(scene) {
      const connection = await scene.connect()
      const token = await scene.token()
      const bobs = await scene.token({ subject: 'bob' })
      expectPass(await connection.send({ path: INVOICE, token }))
      revocation.revoke(revocationIds(token)[0] ?? '')
      expectRefusal(await connection.send({ path: INVOICE, token }), 'revoked')
      assert.equal(expectPass(await connection.send({ path: INVOICE, token: bobs })).subject, 'bob')
      expectRefusal(await scene.get(INVOICE, token), 'revoked')
      expectRefusal(await connection.send({ path: '/acme/invoices/8', token: bobs }), 'wrong_designation')
    },
  }
}

/** Requests on one connection that do not wait for each other, with hooks that finish out of order. */
function interleaved(): Scenario {
  const random = createRandom(1)
  const jitter = () => (random() < 0.5 ? turns(Math.floor(random() * 4)) : later(random() * 4))
  return {
    name: 'each of many requests on one connection is answered for its own token',
    app: () => ({
      options: { revocation: { isRevoked: () => jitter().then(() => false) }, onDecision: jitter },
      slow: { beforeGuard: jitter, beforeHandler: jitter, beforeSend: jitter },
      routes: [
        route('GET', PATH, {
          requirement: {
            resource: 'invoices',
            designate: { tenantId: 'tenantId', invoiceId: ({ params }) => jitter().then(() => params['invoiceId']) },
          },
        }),
      ],
    }),
    async run(scene) {
      const tokens = await Promise.all(
        ['acme', 'globex'].flatMap((tenantId) =>
          ['7', '8'].map(async (invoiceId) => ({
            path: `/${tenantId}/invoices/${invoiceId}`,
            subject: `${tenantId} ${invoiceId}`,
            token: await scene.token({ subject: `${tenantId} ${invoiceId}`, designations: { tenantId, invoiceId } }),
          })),
        ),
      )
      const connection = await scene.connect()
      const pick = () => tokens[Math.floor(random() * tokens.length)] ?? assert.fail()
      const requests = Array.from({ length: REQUESTS }, async (_, index) => {
        const [own, object] = [pick(), pick()]
        const token = index % 5 === 0 ? undefined : own.token
        const response = await connection.send({ path: object.path, token })
        if (token === undefined) return expectRefusal(response, 'missing_token')
        if (own.path !== object.path) return expectRefusal(response, 'wrong_designation')
        assert.equal(expectPass(response).subject, own.subject)
      })
      await Promise.all(requests)
    },
  }
}
