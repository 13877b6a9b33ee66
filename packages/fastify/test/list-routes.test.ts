import { generateKeyPair } from '@writ/core'
import fastify from 'fastify'
import { expect, it } from 'vitest'
import { describeRoutes, listRoutes, writ } from '../src/index.ts'

const { publicKey } = await generateKeyPair()
const handler = async () => 'ok'

it('the routes of an app are listed with their prefixes, and what stands before each', async () => {
  const app = fastify({ exposeHeadRoutes: false })
  app.get('/before', handler)
  await app.register(writ, { keys: publicKey, anchor: null, public: ['/open', '/before'] })
  app.get('/open', handler)
  app.get('/healthz', { config: { capability: 'public' } }, handler)
  const invoice = { resource: 'invoices', designate: ['tenantId', 'invoiceId'], allowUndesignated: ['invoiceId'] }
  await app.register(
    async (billing) => {
      billing.get('/:invoiceId', { config: { capability: invoice } }, handler)
      const either = [
        { resource: 'invoices', designate: ['tenantId'] },
        { resource: 'admin', optional: true },
      ]
      billing.route({ method: ['POST', 'PUT'], url: '/', config: { capability: either }, handler })
    },
    { prefix: '/:tenantId/invoices' },
  )
  await app.ready()
  const lines = describeRoutes(listRoutes(app)).split('\n')
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual(
    [
      ['GET', '/before', 'public'],
      ['GET', '/healthz', 'public'],
      ['GET', '/open', 'public'],
      ['POST', '/:tenantId/invoices', 'write invoices of tenantId or write admin (also without a token)'],
      ['PUT', '/:tenantId/invoices', 'write invoices of tenantId or write admin (also without a token)'],
      [
        'GET',
        '/:tenantId/invoices/:invoiceId',
        'read invoices of tenantId, invoiceId (a token need not name invoiceId)',
      ],
    ].toSorted(([, a = ''], [, b = '']) => (a < b ? -1 : a > b ? 1 : 0)),
  )
})

it('a route that no guard holds is unguarded', async () => {
  const app = fastify({ exposeHeadRoutes: false })
  await app.register(async (guarded) => {
    await guarded.register(writ, { keys: publicKey, anchor: null, denyByDefault: false })
    guarded.get('/open', handler)
  })
  app.get('/outside', handler)
  await app.ready()
  expect(listRoutes(app).map(({ path, guard }) => [path, guard])).toEqual(
    expect.arrayContaining([['/outside', 'unguarded']]),
  )
})
