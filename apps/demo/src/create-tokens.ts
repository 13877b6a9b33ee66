import { attenuate, generateKeyPair, type KeyPair, mintCapability } from '@writ/core'
import { createServiceClient } from 'service-kit/client'
import { startTap } from './start-tap.ts'

const ORDER = { tenantId: 'acme', orderId: 'o-1' }
const INVOICE = { tenantId: 'acme', invoiceId: '1001' }
/** Longer than a narrowed token lives. */
const LATE_SECONDS = 11

type Right = readonly [subject: string, resource: string, operation: string]

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

/** Plays the authority, which alone has the private key; and mallory, who has none but her own. */
export async function createTokens({ publicKey, privateKey }: KeyPair): Promise<Map<TokenName, string>> {
  const mint = ([subject, resource, operation]: Right, anchor: string, designations = {}, key = privateKey) =>
    mintCapability({ subject, resource, operation, anchor, designations, expiresIn: '2h' }, key)
  const invoices: Right = ['service:orders', 'invoices', 'write']
  const partner: Right = ['partner:globex', 'orders', 'read']
  const stock = await mint(['service:orders', 'stock', 'reserve'], 'service:inventory')
  const mallory = await generateKeyPair()

  return new Map([
    ['ordersRead', await mint(['service:webapp', 'orders', 'read'], 'service:orders')],
    ['ordersWrite', await mint(['service:webapp', 'orders', 'write'], 'service:orders')],
    ['stock', stock],
    ['invoices', await mint(invoices, 'service:billing')],
    ['partner', await passedOn(await mint(partner, 'service:gateway', { tenantId: 'acme' }), publicKey)],
    ['visitor', await mint(partner, 'service:gateway', ORDER)],
    ['authority', await mint(['service:authority', 'revocations', 'write'], 'service:billing')],
    ['renewed', await mint(invoices, 'service:billing', { ...ORDER, sku: 'cup' })],
    ['elevenSecondsOld', await sentLate(stock, publicKey)],
    ['forged', await mint(['service:orders', 'invoices', 'pay'], 'service:billing', INVOICE, mallory.privateKey)],
  ])
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
