import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createTestAuthority, type TestAuthority } from '@writ/testing'
import { onTestFinished } from 'vitest'
import { createApp } from '../../src/create-app.ts'
import { createSampleInvoices } from '../../src/invoices.ts'

export interface Call {
  readonly token?: string | undefined
  /** Sent as JSON, unless it is a text already. */
  readonly body?: unknown
  readonly contentType?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON, which the tests compare
  readonly body: any
}

export interface Billing {
  readonly authority: TestAuthority
  readonly log: Readonly<Record<string, unknown>>[]
  call(method: string, path: string, call?: Call): Promise<Answer>
  /** A token for `operation` on invoices, anchored to this service. */
  tokenFor(operation: string, designations: Readonly<Record<string, string>>): Promise<string>
}

/** The service with its sample invoices, on a free port, until the test ends. */
export async function startBilling(): Promise<Billing> {
  const authority = await createTestAuthority()
  const log: Readonly<Record<string, unknown>>[] = []
  const app = createApp({
    keys: authority.publicKey,
    invoices: createSampleInvoices(),
    log: (entry) => void log.push(entry),
    now: authority.now,
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo

  return {
    authority,
    log,
    async call(method, path, { token, body, contentType = 'application/json' } = {}) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          ...(token === undefined ? {} : authority.headersFor(token)),
          ...(body === undefined ? {} : { 'content-type': contentType }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
    },
    tokenFor: (operation, designations) =>
      authority.mint({ resource: 'invoices', operation, designations, anchor: 'service:billing' }),
  }
}
