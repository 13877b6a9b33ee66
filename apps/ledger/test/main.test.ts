import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { revocationIds } from '@writ/core'
import { type RunningAuthority, startAuthority } from 'policy/testing'
import { startService } from 'service-kit/node'
import { send } from 'service-kit/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { runStatements } from '../../../packages/postgres/test/support/find-postgres.ts'
import { createServerDatabase, SERVER } from './support/databases.ts'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 60_000 })

const MAIN = new URL('../dist/main.js', import.meta.url).href

let authority: RunningAuthority
beforeAll(async () => {
  authority = await startAuthority()
})
afterAll(() => authority?.close())

async function startMain(environment: Readonly<Record<string, string>> = {}) {
  const { url, publicKey } = authority
  const service = await startService(MAIN, { WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: publicKey, ...environment })
  onTestFinished(async () => void (await service.stop()))
  return service
}

async function mint(target: string, operation = 'read'): Promise<string> {
  const acme = authority.clientOf('tenant:acme')
  onTestFinished(() => acme.close())
  return (await acme.mint({ target, operation })).capability
}

const DATABASES = [
  { name: 'PGlite', create: async () => ({}) },
  ...(SERVER === undefined
    ? []
    : [
        {
          name: 'PostgreSQL',
          async create() {
            const { urls, remove } = await createServerDatabase(SERVER as string)
            onTestFinished(remove)
            return { DATABASE_URL: urls.service, DATABASE_OWNER_URL: urls.owner }
          },
        },
      ]),
]

describe.each(DATABASES)('the ledger as a process, on $name', ({ create }) => {
  it('starts, shows and adds invoices of the tenant, starts again, and ends', async () => {
    const environment = await create()
    const { url, stop } = await startMain(environment)
    const list = async (at: string) => {
      const { body } = await send(at, 'GET', '/acme/invoices', { token: await mint('ledger.invoices') })
      return body.invoices?.map(({ customer }: { customer: string }) => customer)
    }
    expect(await list(url)).toEqual(['Initech', 'Hooli'])
    const token = await mint('ledger.invoices', 'write')
    const body = { customer: 'Umbrella', amountCents: 5, currency: 'EUR' }
    expect(await send(url, 'POST', '/acme/invoices', { token, body })).toMatchObject({ status: 201 })
    expect(await list(url)).toEqual(['Initech', 'Hooli', 'Umbrella'])
    await stop()
    const again = await startMain(environment)
    const kept = Object.keys(environment).length > 0
    expect(await list(again.url)).toEqual(['Initech', 'Hooli', ...(kept ? ['Umbrella'] : [])])
  })
})

it.skipIf(SERVER === undefined)('the database of the ledger hears itself of what the authority revokes', async () => {
  const { urls, remove } = await createServerDatabase(SERVER as string)
  onTestFinished(remove)
  const { url } = await startMain({ DATABASE_URL: urls.service, DATABASE_OWNER_URL: urls.owner })
  const token = await mint('ledger.invoices')
  const ask = () =>
    runStatements(urls.service, `select writ.present('${token}')`).then(
      () => 'accepted',
      ({ message }: Error) => message,
    )
  expect(await ask()).toBe('accepted')
  const admin = authority.clientOf('admin')
  onTestFinished(() => admin.close())
  const revoked = await admin.fetch(`${authority.url}/v1/revocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ revocationId: revocationIds(token)[0] }),
    capability: { target: 'authority.revocations', operation: 'write' },
  })
  expect(revoked.status).toBe(200)
  await expect.poll(ask).toBe('writ: revoked')
  expect(await send(url, 'GET', '/acme/invoices', { token })).toMatchObject({ status: 403, body: { code: 'revoked' } })
})

it.each([
  ['WRIT_PUBLIC_KEY', { WRIT_PUBLIC_KEY: '' }],
  ['LEDGER_POLICIES', { LEDGER_POLICIES: 'perhaps' }],
  ['DATABASE_OWNER_URL', { DATABASE_URL: 'postgres://ledger@127.0.0.1:1/ledger' }],
])('the ledger names %s when that is wrong, and ends with 1', async (name, environment) => {
  const { url, publicKey } = authority
  const service = spawn(process.execPath, [fileURLToPath(MAIN)], {
    env: { WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: publicKey, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void service.kill('SIGKILL'))
  const [stderr, [code]] = await Promise.all([text(service.stderr), once(service, 'close')])
  expect(stderr).toMatch(new RegExp(`^ledger: ${name}: .*\n$`))
  expect(code).toBe(1)
})

it('the ledger does not start without its authority', async () => {
  await expect(startMain({ WRIT_AUTHORITY_URL: 'http://127.0.0.1:1' })).rejects.toThrow(/exit code 1.*ledger: /s)
})
