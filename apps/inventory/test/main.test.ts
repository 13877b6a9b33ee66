import { createTestAuthority } from '@writ/testing'
import { startService } from 'service-kit/node'
import { send } from 'service-kit/testing'
import { expect, it, vi } from 'vitest'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = new URL('../dist/main.js', import.meta.url).href

it('inventory serves on a free port and logs decisions to stderr', async () => {
  const authority = await createTestAuthority()
  const { url, stop } = await startService(MAIN, { WRIT_PUBLIC_KEY: authority.publicKey })
  const designations = { tenantId: 'acme', sku: 'tea' }
  const right = { resource: 'stock', operation: 'read', anchor: 'service:inventory' }
  const token = await authority.mint({ ...right, designations })
  expect((await send(url, 'GET', '/acme/stock/tea', { token })).status).toBe(200)
  expect(JSON.parse(await stop())).toMatchObject({ service: 'inventory', decision: 'allowed', operation: 'read' })
})

it.each([
  ['WRIT_PUBLIC_KEY', { WRIT_PUBLIC_KEY: '' }],
  ['keys', { WRIT_PUBLIC_KEY: 'ed25519/00' }],
  ['PORT', { PORT: '65536' }],
])('inventory names %s when the environment is %j', async (name, environment) => {
  const { publicKey } = await createTestAuthority()
  await expect(startService(MAIN, { WRIT_PUBLIC_KEY: publicKey, ...environment })).rejects.toThrow(
    new RegExp(`^the service did not start \\(exit code 1\\): inventory: ${name}: `),
  )
})
