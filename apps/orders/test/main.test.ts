import { generateKeyPair } from '@writ/core'
import { createAuthority } from 'policy'
import { type ServiceProcess, startService } from 'service-kit/node'
import { send } from 'service-kit/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { ITEM, pathOf } from './support/start-system.ts'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = new URL('../dist/main.js', import.meta.url).href

async function start(main: string, env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const service = await startService(main, env)
  onTestFinished(() => void service.stop())
  return service
}

it('three processes with a public key and their own capabilities take an order, and log no token', async () => {
  const keys = await generateKeyPair()
  const WRIT_PUBLIC_KEY = keys.publicKey
  const authority = await createAuthority({ keys })
  const own = { subject: 'service:orders' } as const
  const minted = await Promise.all([
    authority.mint({ ...own, target: 'stock', operation: 'reserve' }),
    authority.mint({ ...own, target: 'invoices', operation: 'write' }),
    authority.mint({ subject: 'service:gateway', target: 'orders', operation: 'write', designations: { ...ITEM } }),
  ])
  const [STOCK_TOKEN, INVOICES_TOKEN, token] = minted.map(({ capability }) => capability) as [string, string, string]
  const [inventory, billing] = await Promise.all([
    start(import.meta.resolve('inventory/main'), { WRIT_PUBLIC_KEY }),
    start(import.meta.resolve('billing/main'), { WRIT_PUBLIC_KEY }),
  ])
  const urls = { INVENTORY_URL: inventory.url, BILLING_URL: billing.url }
  const orders = await start(MAIN, { WRIT_PUBLIC_KEY, STOCK_TOKEN, INVOICES_TOKEN, ...urls })

  const answer = await send(orders.url, 'PUT', pathOf(ITEM), { token, body: { quantity: 2 } })
  expect(answer).toMatchObject({ status: 200, body: { id: 'o-1', items: [{ sku: 'tea', quantity: 2 }] } })
  const broad = await send(billing.url, 'PUT', '/acme/orders/o-1/items/tea', { token: INVOICES_TOKEN, body: {} })
  expect(broad).toMatchObject({ status: 403, body: { code: 'undesignated' } })

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
  // The first block of what is narrowed is that of the broad one.
  for (const secret of [token, STOCK_TOKEN, INVOICES_TOKEN]) expect(logs.join()).not.toContain(secret.slice(0, 100))
})

it.each(['WRIT_PUBLIC_KEY', 'INVENTORY_URL', 'BILLING_URL', 'STOCK_TOKEN', 'INVOICES_TOKEN'])(
  'names %s when the environment does not have it',
  async (name) => {
    const url = 'http://127.0.0.1:1'
    const { publicKey } = await generateKeyPair()
    const tokens = { STOCK_TOKEN: 'token', INVOICES_TOKEN: 'token' }
    const env = { WRIT_PUBLIC_KEY: publicKey, INVENTORY_URL: url, BILLING_URL: url, ...tokens }
    await expect(startService(MAIN, { ...env, [name]: undefined })).rejects.toThrow(
      new RegExp(`^the service did not start \\(exit code 1\\): orders: ${name}: must be `),
    )
  },
)

it('orders names an invalid key', async () => {
  const url = 'http://127.0.0.1:1'
  const env = { INVENTORY_URL: url, BILLING_URL: url, STOCK_TOKEN: 'token', INVOICES_TOKEN: 'token' }
  await expect(startService(MAIN, { ...env, WRIT_PUBLIC_KEY: 'ed25519/00' })).rejects.toThrow(/: orders: keys: /)
})
