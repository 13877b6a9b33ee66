import { type RunningAuthority, startAuthority } from 'policy/testing'
import { startService } from 'service-kit/node'
import { send } from 'service-kit/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = new URL('../dist/main.js', import.meta.url).href

let authority: RunningAuthority
beforeAll(async () => {
  authority = await startAuthority()
})
afterAll(() => authority?.close())

const environment = () => ({ WRIT_AUTHORITY_URL: authority.url, WRIT_PUBLIC_KEY: authority.publicKey })

it('inventory serves on a free port and logs decisions to stderr', async () => {
  const { url, stop } = await startService(MAIN, environment())
  const orders = authority.clientOf('service:orders')
  const response = await orders.fetch(`${url}/acme/orders/o-1/reservations/tea`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"quantity":2}',
    capability: {
      target: 'stock',
      operation: 'reserve',
      designations: { tenantId: 'acme', orderId: 'o-1', sku: 'tea' },
    },
  })
  expect(response.status).toBe(200)
  orders.close()
  expect((await send(url, 'GET', '/acme/stock/tea')).status).toBe(401)
  const entries = (await stop()).trimEnd().split('\n')
  expect(entries.map((entry) => JSON.parse(entry))).toMatchObject([
    { service: 'inventory', decision: 'allowed', operation: 'reserve', subject: 'service:orders' },
    { service: 'inventory', decision: 'refused', code: 'missing_token' },
  ])
})

it.each([
  ['WRIT_PUBLIC_KEY', { WRIT_PUBLIC_KEY: '' }],
  ['WRIT_AUTHORITY_URL', { WRIT_AUTHORITY_URL: '' }],
  ['pinned', { WRIT_PUBLIC_KEY: 'ed25519/00' }],
  ['PORT', { PORT: '65536' }],
])('inventory names %s when the environment is %j', async (name, changed) => {
  await expect(startService(MAIN, { ...environment(), ...changed })).rejects.toThrow(
    new RegExp(`^the service did not start \\(exit code 1\\): inventory: ${name}: `),
  )
})
