import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createVerifier } from '@writ/core'
import { describe, expect, it, vi } from 'vitest'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

const run = (...args: readonly string[]) =>
  new Promise<{ failed: boolean; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) =>
      resolve({ failed: error !== null, stdout, stderr }),
    )
  })

describe('the command that mints', () => {
  it('the command prints variables with tokens that the policy allows, and with the key that proves them', async () => {
    const { failed, stdout, stderr } = await run(
      'TOKEN=tenant:acme read invoices invoiceId=7',
      'STOCK_TOKEN=service:orders reserve stock',
    )
    expect({ failed, stderr }).toEqual({ failed: false, stderr: '' })
    const names = ['WRIT_PUBLIC_KEY', 'TOKEN', 'STOCK_TOKEN']
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.split('=')[0])).toEqual(names.map((name) => `export ${name}`))
    const [keys = '', token = ''] = lines.map((line) => line.slice(line.indexOf('=') + 1))
    const designations = { tenantId: 'acme', invoiceId: '7' }
    const request = { resource: 'invoices', operation: 'read', designations }
    const verifier = createVerifier({ keys, anchor: 'service:billing', designatedBy: 'authority' })
    expect(await verifier.verify(token, request)).toMatchObject({ subject: 'tenant:acme', designations })
  })

  it.each([
    ['what the policy does not grant', 'TOKEN=service:orders pay invoices', 'step policy refuses (not_granted): '],
    ['no tenant', 'TOKEN=partner:globex read orders', 'step schema refuses (missing_designation): '],
    ['half a right', 'TOKEN=service:orders pay', 'usage: '],
    ['a name that would run something', 'A;ls=service:orders reserve stock', 'usage: '],
    ['a label without a value', 'TOKEN=service:orders reserve stock sku=', 'usage: '],
  ])('the command prints no token for %s, and says why', async (_, request, reason) => {
    const { failed, stdout, stderr } = await run('STOCK_TOKEN=service:orders reserve stock', request)
    expect({ failed, stdout }).toEqual({ failed: true, stdout: '' })
    expect(stderr).toContain(`✗ ${reason}`)
  })
})
