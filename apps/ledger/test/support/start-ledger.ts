import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { createTestAuthority, type TestAuthority } from '@writ/testing'
import { type Answer, type Call, listen, send } from 'service-kit/testing'
import { createApp } from '../../src/create-app.ts'
import type { Owner } from '../../src/database/ledger.ts'
import type { DatabaseKind } from './databases.ts'

export interface StartedLedger {
  readonly authority: TestAuthority
  readonly owner: Owner
  readonly log: Readonly<Record<string, unknown>>[]
  call(method: string, path: string, call?: Call): Promise<Answer>
  /** What a search for a text answers. */
  search(token: string, tenantId: string, text: string): Promise<Answer>
  /** A token for an operation, anchored to this service. */
  tokenFor(tenantId: string, resource?: string, operation?: string): Promise<string>
  close(): Promise<void>
}

/** The service with its sample rows, on a free port. */
export async function startLedger(kind: DatabaseKind, guarded: boolean): Promise<StartedLedger> {
  const authority = await createTestAuthority()
  const log: Readonly<Record<string, unknown>>[] = []
  const opened = await kind.open({ guarded, keys: new Map([[null, authority.publicKey]]) })
  const app = createApp({ ledger: opened.ledger, keys: authority.publicKey, log: (entry) => void log.push(entry) })
  const { url, close } = await listen(createAdaptorServer({ fetch: app.fetch }) as Server)
  const call: StartedLedger['call'] = (method, path, options) => send(url, method, path, options)
  return {
    authority,
    owner: opened.owner,
    log,
    call,
    search: (token, tenantId, text) =>
      call('GET', `/${tenantId}/invoices/search?customer=${encodeURIComponent(text)}`, { token }),
    tokenFor: (tenantId, resource = 'ledger.invoices', operation = 'read') =>
      authority.mint({ resource, operation, designations: { tenantId }, anchor: 'service:ledger' }),
    async close() {
      await close()
      await opened.close()
    },
  }
}
