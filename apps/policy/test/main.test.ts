import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@writ/client'
import { createVerifier } from '@writ/core'
import { startService } from 'service-kit/node'
import { expect, it, onTestFinished, vi } from 'vitest'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = new URL('../dist/main.js', import.meta.url).href

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-policy-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

it('the authority starts with the policy, and enrols whoever the administrator says', async () => {
  const { url, announced, stop } = await startService(MAIN, { WRIT_DATA: await newFolder() })
  onTestFinished(async () => void (await stop()))
  const { publicKey: keys, firstSecret } = announced as { publicKey: string; firstSecret: string }
  const secret = (await readFile(firstSecret, 'utf8')).trim()
  const admin = createClient({ url, keys, identity: { secret } })
  const response = await admin.fetch(`${url}/v1/enrolments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"subject":"tenant:acme"}',
    capability: { target: 'authority.enrolments', operation: 'write' },
  })
  const enrolled = (await response.json()) as { secret: string }
  const acme = createClient({ url, keys, identity: { secret: enrolled.secret } })
  const token = await acme.capabilityFor({ target: 'invoices', operation: 'read' })
  const request = { resource: 'invoices', operation: 'read', designations: { tenantId: 'acme' } }
  const verifier = createVerifier({ keys, anchor: 'service:billing', designatedBy: 'authority' })
  expect(await verifier.verify(token, request)).toMatchObject({ subject: 'tenant:acme' })
  for (const client of [admin, acme]) client.close()
})

it.each([
  ['PORT', { PORT: 'seven' }],
  ['WRIT_MASTER_KEY', { WRIT_MASTER_KEY: 'abc' }],
])('the authority names %s when the environment is %j, and ends with 1', async (name, environment) => {
  const start = startService(MAIN, { WRIT_DATA: await newFolder(), ...environment })
  // Node 22 warns of its own SQLite before.
  await expect(start).rejects.toThrow(new RegExp(`^the service did not start \\(exit code 1\\): [^]*policy: .*${name}`))
})
