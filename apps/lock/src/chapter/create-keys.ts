import { randomBytes } from 'node:crypto'
import { attenuate, generateKeyPair, type MintCapabilityOptions, mintCapability } from '@writ/core'

/** When the evening begins, in Unix seconds. */
export const START = 1_900_000_000

/** What is presented to the lock. */
export interface Keys {
  readonly publicKey: string
  readonly alice: string
  readonly guest: string
  readonly courier: string
  readonly next: string
  readonly unnamed: string
  readonly forged: string
  readonly noise: string
}

/** Makes an authority, and what it and others have signed. */
export async function createKeys(): Promise<Keys> {
  const [authority, mallory] = [await generateKeyPair(), await generateKeyPair()]
  const now = () => START
  const mint = (
    subject: string,
    options: Partial<MintCapabilityOptions> = {},
    privateKey: string = authority.privateKey,
  ): Promise<string> =>
    mintCapability(
      {
        subject,
        resource: 'doors',
        operation: 'open',
        designations: { door: 'lock:front' },
        anchor: 'lock:front',
        expiresIn: '12h',
        now,
        ...options,
      },
      privateKey,
    )
  const narrow = (token: string, options: Parameters<typeof attenuate>[2]) =>
    attenuate(token, authority.publicKey, { now, ...options })
  const alice = await mint('alice')
  // The lock keeps what was used, so nobody must hear of what is issued.
  const singleUse = { issue: () => undefined, consume: () => false }
  return {
    publicKey: authority.publicKey,
    alice,
    guest: await narrow(alice, { expiresIn: '10m' }),
    courier: await mint('courier', { singleUse }),
    next: await mint('mallory', { designations: { door: 'lock:back' }, anchor: 'lock:back' }),
    unnamed: await narrow(await mint('mallory', { designations: {} }), { designations: { door: 'lock:front' } }),
    forged: await mint('mallory', {}, mallory.privateKey),
    noise: randomBytes(12_288).toString('base64url'),
  }
}
