import { createServer } from 'node:http'
import { createTestAuthority, type TestAuthority } from '@writ/testing'
import { type Answer, type Call, listen, send } from 'service-kit/testing'
import { onTestFinished } from 'vitest'
import { createApp } from '../../src/create-app.ts'
import { createSampleInvoices } from '../../src/invoices.ts'

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
  const { url, close } = await listen(createServer(app))
  onTestFinished(close)

  return {
    authority,
    log,
    call: (method, path, call) => send(url, method, path, call),
    tokenFor: (operation, designations) =>
      authority.mint({ resource: 'invoices', operation, designations, anchor: 'service:billing' }),
  }
}
