import { createServer, type RequestListener } from 'node:http'
import { createClient } from '@writ/client'
import { type CapabilityError, type CapabilityRequest, createVerifier } from '@writ/core'
import { createTestAuthority, type TestAuthority } from '@writ/testing'
import { createApp as createBilling } from 'billing'
import { createApp as createInventory } from 'inventory'
import { startAuthority } from 'policy/testing'
import { type Answer, type Call, listen, send } from 'service-kit/testing'
import { afterAll, onTestFinished } from 'vitest'
import { createApp } from '../../src/create-app.ts'

/** A request as it came in at a downstream service. */
export interface Received {
  readonly service: 'inventory' | 'billing'
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, unknown>>
  /** Of the Authorization header. */
  readonly token: string
}

export interface SystemOptions {
  /** Instead of the real service; `url` is where nobody or somebody else listens. */
  readonly inventory?: RequestListener | { readonly url: string }
  readonly billing?: RequestListener | { readonly url: string }
  /** Who orders is to the authority that it asks for capabilities. Default `'service:orders'`. */
  readonly self?: string
  /** Default: the one of the other services. */
  readonly authorityUrl?: string
  readonly timeoutMs?: number
}

export interface System {
  readonly authority: TestAuthority
  readonly urls: Readonly<Record<'orders' | 'inventory' | 'billing', string>>
  readonly log: Readonly<Record<string, unknown>>[]
  /** What orders has sent downstream. */
  readonly received: Received[]
  call(method: string, path: string, call?: Call): Promise<Answer>
  /** A token for orders, anchored to this service. */
  tokenFor(operation: string, designations: Readonly<Record<string, string>>): Promise<string>
  /** Puts an item as its user may. */
  put(object: Item, body?: unknown): Promise<Answer>
  /** What the other two services have for an object, asked with tokens for just that. */
  available(object: Item): Promise<number>
  invoices(tenantId: string): Promise<readonly unknown[]>
}

export interface Item {
  readonly tenantId: string
  readonly userId: string
  readonly orderId: string
  readonly sku: string
}

export const ITEM: Item = { tenantId: 'acme', userId: 'alice', orderId: 'o-1', sku: 'tea' }

export const pathOf = ({ tenantId, userId, orderId, sku }: Item): string =>
  ['', tenantId, 'users', userId, 'orders', orderId, 'items', sku].map(encodeURIComponent).join('/')

/** One for all tests of a file. It signs with the key of the test authority, which mints what no policy would permit. */
const authority = await createTestAuthority()
const issuer = await startAuthority({ keys: authority, now: authority.now })
afterAll(issuer.close)

/** Orders, inventory and billing, each on a free port until the test ends, under one authority and one clock. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const { publicKey, now } = authority
  const received: Received[] = []
  const log: Readonly<Record<string, unknown>>[] = []

  const serve = async (listener: RequestListener) => {
    const { url, close } = await listen(createServer(listener))
    onTestFinished(close)
    return url
  }
  const recorded = (service: Received['service'], listener: RequestListener): RequestListener => {
    return (request, response) => {
      const { method = '', url = '', headers } = request
      received.push({ service, method, url, headers, token: headers.authorization?.replace('Bearer ', '') ?? '' })
      listener(request, response)
    }
  }
  const downstream = async (
    service: Received['service'],
    replaced: SystemOptions['inventory'],
    real: RequestListener,
  ) => (typeof replaced === 'object' ? replaced.url : serve(recorded(service, replaced ?? real)))

  const inventory = await createInventory({ keys: publicKey, now })
  const urls = {
    inventory: await downstream('inventory', options.inventory, (...pair) => inventory.routing(...pair)),
    billing: await downstream('billing', options.billing, createBilling({ keys: publicKey, now })),
  }
  const { self = 'service:orders', authorityUrl = issuer.url } = options
  const identity = { secret: () => issuer.enrol(self) }
  const client = createClient({ url: authorityUrl, keys: publicKey, identity, now, timeout: '2s' })
  onTestFinished(client.close)
  const app = await createApp({
    keys: publicKey,
    now,
    client,
    inventoryUrl: urls.inventory,
    billingUrl: urls.billing,
    timeoutMs: options.timeoutMs ?? 5000,
    log: (entry) => void log.push(entry),
  })
  const orders = await serve(app.getHttpAdapter().getInstance())

  const tokenFor: System['tokenFor'] = (operation, designations) =>
    authority.mint({ resource: 'orders', operation, designations, anchor: 'service:orders' })

  return {
    authority,
    urls: { ...urls, orders },
    log,
    received,
    call: (method, path, call) => send(orders, method, path, call),
    tokenFor,
    async put(object, body = { quantity: 2 }) {
      return send(orders, 'PUT', pathOf(object), { token: await tokenFor('write', { ...object }), body })
    },
    async available({ tenantId, sku }) {
      const designations = { tenantId, sku }
      const token = await authority.mint({
        resource: 'stock',
        operation: 'read',
        anchor: 'service:inventory',
        designations,
      })
      const path = `/${encodeURIComponent(tenantId)}/stock/${encodeURIComponent(sku)}`
      return (await send(urls.inventory, 'GET', path, { token })).body.available
    },
    async invoices(tenantId) {
      const right = { resource: 'invoices', operation: 'read', anchor: 'service:billing' }
      const token = await authority.mint({ ...right, designations: { tenantId } })
      return (await send(urls.billing, 'GET', `/${encodeURIComponent(tenantId)}/invoices`, { token })).body.invoices
    },
  }
}

/** What the verifier of a service says of a token: a code, or `'allowed'`. */
export async function verdict(
  { authority }: System,
  token: string,
  anchor: string,
  request: CapabilityRequest,
): Promise<string> {
  const verifier = createVerifier({ keys: authority.publicKey, anchor, now: authority.now })
  return verifier.verify(token, request).then(
    () => 'allowed',
    (error: CapabilityError) => error.code,
  )
}
