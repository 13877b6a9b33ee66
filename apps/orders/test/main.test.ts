import { type RunningAuthority, startAuthority } from 'policy/testing'
import { type ServiceProcess, startService } from 'service-kit/node'
import { send } from 'service-kit/testing'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { ITEM, pathOf } from './support/start-system.ts'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = new URL('../dist/main.js', import.meta.url).href

let authority: RunningAuthority
beforeAll(async () => {
  authority = await startAuthority()
})
afterAll(() => authority?.close())

const followed = () => ({ WRIT_AUTHORITY_URL: authority.url, WRIT_PUBLIC_KEY: authority.publicKey })

async function start(main: string, env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const service = await startService(main, env)
  onTestFinished(() => void service.stop())
  return service
}

it('three processes that know an authority take an order, and log no token', async () => {
  const [inventory, billing] = await Promise.all([
    start(import.meta.resolve('inventory/main'), followed()),
    start(import.meta.resolve('billing/main'), followed()),
  ])
  const WRIT_SECRET = await authority.enrol('service:orders')
  const urls = { INVENTORY_URL: inventory.url, BILLING_URL: billing.url }
  const orders = await start(MAIN, { ...followed(), ...urls, WRIT_SECRET })

  const gateway = authority.clientOf('service:gateway')
  const token = await gateway.capabilityFor({ target: 'orders', operation: 'write', designations: { ...ITEM } })
  const answer = await send(orders.url, 'PUT', pathOf(ITEM), { token, body: { quantity: 2 } })
  expect(answer).toMatchObject({ status: 200, body: { id: 'o-1', items: [{ sku: 'tea', quantity: 2 }] } })
  const own = authority.clientOf('service:orders')
  const broad = await own.capabilityFor({ target: 'invoices', operation: 'write' })
  const refused = await send(billing.url, 'PUT', '/acme/orders/o-1/items/tea', { token: broad, body: {} })
  expect(refused).toMatchObject({ status: 403, body: { code: 'undesignated' } })
  for (const client of [gateway, own]) client.close()

  const logs = await Promise.all([orders, inventory, billing].map((service) => service.stop()))
  const entries = logs.map((log) =>
    log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )
  expect(entries).toMatchObject([
    [{ service: 'orders', decision: 'allowed', resource: 'orders', operation: 'write' }],
    [{ service: 'inventory', decision: 'allowed', resource: 'stock', operation: 'reserve', subject: 'service:orders' }],
    [
      { service: 'billing', decision: 'allowed' },
      { service: 'billing', decision: 'refused', code: 'undesignated' },
    ],
  ])
  expect(logs.join()).not.toMatch(/[\w-]{60,}/)
  expect(logs.join()).not.toContain(WRIT_SECRET)
})

it.each([
  ['WRIT_PUBLIC_KEY', ''],
  ['WRIT_AUTHORITY_URL', ''],
  ['WRIT_SECRET', ''],
  ['INVENTORY_URL', ''],
  ['BILLING_URL', ''],
  ['pinned', 'ed25519/00'],
])('orders names %s when it is %j', async (name, value) => {
  const url = 'http://127.0.0.1:1'
  const env = { ...followed(), INVENTORY_URL: url, BILLING_URL: url, WRIT_SECRET: 'secret' }
  const changed = { [name === 'pinned' ? 'WRIT_PUBLIC_KEY' : name]: value }
  await expect(startService(MAIN, { ...env, ...changed })).rejects.toThrow(
    new RegExp(`^the service did not start \\(exit code 1\\): orders: ${name}: must be `),
  )
})
