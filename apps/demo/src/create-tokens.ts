import { attenuate, generateKeyPair } from '@writ/core'
import { createEngine, type Engine, type MintRequest, parsePolicy } from '@writ/engine'
import { SCHEMA, type Targets } from 'policy'
import { createServiceClient } from 'service-kit/client'
import { startTap } from './start-tap.ts'

const ORDER = { tenantId: 'acme', orderId: 'o-1' }
const INVOICE = { tenantId: 'acme', invoiceId: '1001' }
/** Longer than a narrowed token lives. */
const LATE_SECONDS = 11

/** The tokens that the steps present, by name. */
export type TokenName =
  /** Capabilities that the services have of their own, and that name no tenant. */
  | 'ordersRead'
  | 'ordersWrite'
  | 'stock'
  | 'invoices'
  /** Others that the authority minted. */
  | 'partner'
  | 'visitor'
  | 'authority'
  | 'renewed'
  | 'initech'
  | 'elevenSecondsOld'
  /** What mallory makes herself, and what she hears. */
  | 'forged'
  | 'stolen'
  | 'stolenFromBilling'
  | 'stolenFromOrders'

export const AUTHORITY = 'the authority'

/** Who signed the blocks of a token that several hands have made. */
export const SIGNERS: Partial<Readonly<Record<TokenName, readonly string[]>>> = {
  partner: [AUTHORITY, 'globex', 'courier of globex'],
}

/** What mallory would like to be true. Her engine mints by it, with her own key. */
const POLICY_OF_MALLORY = parsePolicy({
  objects: [
    { id: 'service:orders', capabilities: [{ target: 'invoices', operations: ['pay'], anchor: 'service:billing' }] },
    { id: 'service:billing' },
  ],
})

/** What the authority mints before the demo begins, and what others make of it; and the token that mallory mints. */
export async function createTokens(authority: Engine<Targets>, publicKey: string): Promise<Map<TokenName, string>> {
  const mint = (request: MintRequest<Targets>) => mintBy(authority, request)
  const orders = { subject: 'service:gateway', target: 'orders' } as const
  const invoices = { subject: 'service:orders', target: 'invoices', operation: 'write' } as const
  const partner = { subject: 'partner:globex', target: 'orders', operation: 'read' } as const
  const stock = await mint({ subject: 'service:orders', target: 'stock', operation: 'reserve' })
  const allOrders = await mint({ ...partner, designations: { tenantId: 'acme' } })

  return new Map([
    ['ordersRead', await mint({ ...orders, operation: 'read' })],
    ['ordersWrite', await mint({ ...orders, operation: 'write' })],
    ['stock', stock],
    ['invoices', await mint(invoices)],
    ['partner', await passedOn(allOrders, publicKey)],
    ['visitor', await mint({ ...partner, designations: ORDER })],
    ['authority', await mint({ subject: 'service:authority', target: 'revocations', operation: 'write' })],
    ['renewed', await mint({ ...invoices, designations: { ...ORDER, sku: 'cup' } })],
    ['elevenSecondsOld', await sentLate(stock, publicKey)],
    ['forged', await forged()],
  ])
}

/** Lives as long as the policy allows, two hours at most. */
async function mintBy(engine: Engine<Targets>, request: MintRequest<Targets>): Promise<string> {
  const { capability } = await engine.mint({ ...request, expiresIn: '2h' })
  return capability
}

async function forged(): Promise<string> {
  const engine = createEngine({ policy: POLICY_OF_MALLORY, schema: SCHEMA, keys: await generateKeyPair() })
  return mintBy(engine, { subject: 'service:orders', target: 'invoices', operation: 'pay', designations: INVOICE })
}

/** What globex and its courier make of a token for all orders of a tenant: one order, then a shorter time. */
async function passedOn(token: string, publicKey: string): Promise<string> {
  const { tenantId: _, ...order } = ORDER
  const forCourier = await attenuate(token, publicKey, { designations: order, expiresIn: '30m' })
  return attenuate(forCourier, publicKey, { expiresIn: '5m' })
}

/** What orders sent eleven seconds ago: the very client that it calls with, by a clock that is behind. */
async function sentLate(token: string, publicKey: string): Promise<string> {
  const tap = await startTap()
  const now = () => Math.floor(Date.now() / 1000) - LATE_SECONDS
  const call = createServiceClient({ service: 'inventory', url: tap.url, token, publicKey, now })
  // Nobody is there to answer; all that counts is what was sent.
  await call({ method: 'PUT', path: '/', designations: { ...ORDER, sku: 'pen' } }).catch(() => {})
  tap.close()
  return lastOf(tap.heard)
}

/** The last token that was heard. */
export function lastOf(heard: readonly string[]): string {
  const last = heard.at(-1)
  if (last === undefined) throw new Error('no token was heard')
  return last
}
