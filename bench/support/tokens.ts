// What alice may do: read one invoice of one tenant, at one service. Long-lived, so that no run outlives it.
import { attenuate, type Designations, type KeyPair, mintCapability } from '@writ/core'

export const ANCHOR = 'service:billing'
export const DESIGNATIONS: Designations = { tenantId: 'acme', invoiceId: '7' }
export const REQUEST = { resource: 'invoices', operation: 'read', designations: DESIGNATIONS } as const
export const PATH = '/acme/invoices/7'
const RIGHT = { subject: 'alice', resource: 'invoices', operation: 'read', expiresIn: '1d' } as const

/** One block that says it all. */
export function mintWhole({ privateKey }: Pick<KeyPair, 'privateKey'>, more: object = {}): Promise<string> {
  return mintCapability({ ...RIGHT, designations: DESIGNATIONS, anchor: ANCHOR, ...more }, privateKey)
}

/** The right alone. */
export function mintBroad({ privateKey }: Pick<KeyPair, 'privateKey'>): Promise<string> {
  return mintCapability(RIGHT, privateKey)
}

/** Narrowed to the invoice and the service by one more block. */
export function narrow(token: string, publicKey: string): Promise<string> {
  return attenuate(token, publicKey, { designations: DESIGNATIONS, anchor: ANCHOR, expiresIn: '1h' })
}

/** A token with so many blocks, none of which is in any other token. */
export async function mintBlocks(keys: KeyPair, blocks: number): Promise<string> {
  if (blocks === 1) return mintWhole(keys)
  let token = await narrow(await mintBroad(keys), keys.publicKey)
  for (let block = 2; block < blocks; block++) token = await attenuate(token, keys.publicKey, { expiresIn: '1h' })
  return token
}

export function makeMany<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  return Array.fromAsync({ length: count }, make)
}
