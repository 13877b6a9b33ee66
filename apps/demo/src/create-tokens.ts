import { createClient } from '@writ/client'
import { attenuate, generateKeyPair, mintCapability } from '@writ/core'
import type { Authority } from './system/start-authority.ts'
import { startTap } from './system/start-tap.ts'

const ORDER = { tenantId: 'acme', orderId: 'o-1' }
const INVOICE = { tenantId: 'acme', invoiceId: '1001' }
/** Longer than a narrowed token lives. */
const LATE_SECONDS = 11

/** The tokens that the steps present, by name. */
export type TokenName =
  /** Capabilities that services have of their own, and that name no tenant. */
  | 'ordersRead'
  | 'stock'
  /** Others that the authority minted. */
  | 'partner'
  | 'visitor'
  | 'revoker'
  | 'cup'
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

/** What the authority mints before the demo begins, and what others make of it; and the token that mallory signs. */
export async function createTokens(authority: Authority): Promise<Map<TokenName, string>> {
  const mint = (subject: string, target: string, operation: string, designations = {}) =>
    authority.clientOf(subject).capabilityFor({ target, operation, designations, expiresIn: '1h' })
  const [gateway, orders, globex] = ['service:gateway', 'service:orders', 'partner:globex'] as const
  const allOrders = await mint(globex, 'orders', 'read', { tenantId: 'acme' })

  return new Map([
    ['ordersRead', await mint(gateway, 'orders', 'read')],
    ['stock', await mint(orders, 'stock', 'reserve')],
    ['partner', await passedOn(allOrders, authority.publicKey)],
    ['visitor', await mint(globex, 'orders', 'read', ORDER)],
    ['revoker', await mint('admin', 'authority.revocations', 'write')],
    ['cup', await mint(orders, 'invoices', 'write', { ...ORDER, sku: 'cup' })],
    ['elevenSecondsOld', await sentLate(authority)],
    ['forged', await forged()],
  ])
}

/** What mallory would like to be true, signed with a key of her own. */
async function forged(): Promise<string> {
  const { privateKey } = await generateKeyPair()
  const right = { subject: 'service:orders', resource: 'invoices', operation: 'pay', anchor: 'service:billing' }
  return mintCapability({ ...right, designations: INVOICE, rootKeyId: 1 }, privateKey)
}

/** What globex and its courier make of a token for all orders of a tenant: one order, then a shorter time. */
async function passedOn(token: string, publicKey: string): Promise<string> {
  const { tenantId: _, ...order } = ORDER
  const forCourier = await attenuate(token, publicKey, { designations: order, expiresIn: '30m' })
  return attenuate(forCourier, publicKey, { expiresIn: '5m' })
}

/** What orders sent eleven seconds ago: by the client that it calls with, and a clock that is behind. */
async function sentLate({ url, publicKey, enrol }: Authority): Promise<string> {
  const tap = await startTap()
  const now = () => Date.now() / 1000 - LATE_SECONDS
  const client = createClient({ url, keys: publicKey, identity: { secret: await enrol('service:orders') }, now })
  const designations = { ...ORDER, sku: 'pen' }
  // Nobody is there to answer; all that counts is what was sent.
  await client.fetch(tap.url, { capability: { target: 'stock', operation: 'reserve', designations } })
  client.close()
  tap.close()
  return lastOf(tap.heard)
}

/** The last token that was heard. */
export function lastOf(heard: readonly string[]): string {
  const last = heard.at(-1)
  if (last === undefined) throw new Error('no token was heard')
  return last
}
