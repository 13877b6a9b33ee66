import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRevocationList, type RevocationList } from '@writ/core/verify'
import { createApp } from './create-app.ts'
import { createSampleInvoices } from './invoices.ts'
import { logToStderr } from './log.ts'

/** Loopback only: a sample without TLS has no business on a network. */
const HOST = '127.0.0.1'
const DEFAULT_PORT = '3000'
const GRACE_MS = 2000

/** Starts the service with what the environment says; when it listens, prints one line of JSON with its URL. */
function main(): void {
  const { WRIT_PUBLIC_KEY, PORT = DEFAULT_PORT, REVOKED = '' } = process.env
  if (!WRIT_PUBLIC_KEY) throw new TypeError('WRIT_PUBLIC_KEY: must be the public key of the authority')
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535) throw new TypeError('PORT: must be a number from 0 to 65535')

  const app = createApp({
    keys: WRIT_PUBLIC_KEY,
    invoices: createSampleInvoices(),
    revocation: revocationList(REVOKED),
    log: logToStderr,
  })
  const server = app.listen(Number(PORT), HOST, (error) => {
    if (error) return fail(error)
    const { port } = server.address() as AddressInfo
    process.stdout.write(`${JSON.stringify({ listening: `http://${HOST}:${port}` })}\n`)
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => shutDown(server))
}

/** What was revoked before this process began: the list is in memory. */
function revocationList(ids: string): RevocationList {
  try {
    return createRevocationList(ids.split(',').filter(Boolean))
  } catch (cause) {
    throw new TypeError('REVOKED: must be revocation ids in hex, separated by commas', { cause })
  }
}

/** Requests under way are answered, but not for ever; then nothing is left to run and the process ends. */
function shutDown(server: Server): void {
  server.close()
  setTimeout(() => server.closeAllConnections(), GRACE_MS).unref()
}

function fail(error: unknown): void {
  process.stderr.write(`billing: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

try {
  main()
} catch (error) {
  fail(error)
}
