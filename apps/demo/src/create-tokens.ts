import { attenuate, generateKeyPair, type KeyPair, type MintCapabilityOptions, mintCapability } from '@writ/core'
import { ANCHOR } from 'billing'
import { cutLastBlock, flipByte } from './tamper.ts'

const RIGHT = {
  subject: 'service:webapp',
  resource: 'invoices',
  operation: 'read',
  expiresIn: '5m',
} satisfies MintCapabilityOptions
const OBJECT = { tenantId: 'acme', invoiceId: '1001' }
const HOUR = 3600

export type TokenName =
  | 'minted'
  | 'narrowed'
  | 'narrowedForShipping'
  | 'flipped'
  | 'cut'
  | 'forged'
  | 'expired'
  | 'renewed'
  | 'authority'

/** The tokens that the steps present, by name. */
export type Tokens = Readonly<Record<TokenName, string>>

/** Plays everyone who makes tokens: the authority mints, the webapp narrows, mallory tampers. */
export async function createTokens({ publicKey, privateKey }: KeyPair): Promise<Tokens> {
  // The authority: only it has the private key.
  const minted = await mintCapability(RIGHT, privateKey)
  const renewed = await mintCapability(RIGHT, privateKey)
  const old = await mintCapability({ ...RIGHT, now: () => Math.floor(Date.now() / 1000) - HOUR }, privateKey)
  const authority = await mintCapability(
    { subject: 'service:authority', resource: 'revocations', operation: 'write', anchor: ANCHOR },
    privateKey,
  )

  // The webapp: it has what it was given, and the public key.
  const narrow = (token: string, anchor: string) => attenuate(token, publicKey, { designations: OBJECT, anchor })
  const narrowed = await narrow(minted, ANCHOR)

  const mallory = await generateKeyPair()
  return {
    minted,
    narrowed,
    narrowedForShipping: await narrow(minted, 'service:shipping'),
    flipped: flipByte(narrowed, OBJECT.tenantId),
    cut: cutLastBlock(narrowed),
    forged: await mintCapability({ ...RIGHT, designations: OBJECT, anchor: ANCHOR }, mallory.privateKey),
    expired: await narrow(old, ANCHOR),
    renewed: await narrow(renewed, ANCHOR),
    authority,
  }
}
