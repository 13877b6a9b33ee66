import {
  type AttenuateOptions,
  attenuate,
  type GenerateKeyPairOptions,
  generateKeyPair,
  type MintCapabilityOptions,
  mintCapability,
} from '@writ/core'
import { checkKeys } from './check-keys.ts'

/** Options of {@link createTestAuthority}. */
export interface TestAuthorityOptions {
  /** The time of the clock, in whole Unix seconds. Default: the second of the call. */
  readonly now?: number | undefined
  /** The algorithm of the root key. Default `ed25519`. */
  readonly algorithm?: GenerateKeyPairOptions['algorithm']
}

const OPTIONS = { now: true, algorithm: true } satisfies Record<keyof TestAuthorityOptions, true>

/** A throw-away authority with a clock that moves only by `advance`. */
export interface TestAuthority {
  /** The root public key: `keys` of the verifier under test. */
  readonly publicKey: string
  /** The root private key. */
  readonly privateKey: string
  /** The clock, in Unix seconds: `now` of the verifier under test. */
  readonly now: () => number
  /** Moves the clock by a number of seconds, which must be finite. */
  advance(seconds: number): void
  /** Mints a capability at the clock's time; `subject` is `alice` unless given. */
  mint(options: TestCapabilityOptions): Promise<string>
  /** Narrows a capability at the clock's time. */
  attenuate(token: string, options: Omit<AttenuateOptions, 'now'>): Promise<string>
  /** The headers that present a token. */
  headersFor(token: string): { readonly authorization: string }
}

/** The capability that a test authority mints. */
export type TestCapabilityOptions = Omit<MintCapabilityOptions, 'now' | 'subject'> & {
  readonly subject?: string | undefined
}

/**
 * Creates an authority for tests: a new key pair, a frozen clock, and tokens made with both.
 *
 * @param options - See {@link TestAuthorityOptions}.
 * @throws `TypeError` that starts with the name of the option that is unknown or wrong.
 *
 * @example
 * ```ts
 * import { createVerifier } from '@writ/core'
 * import { createTestAuthority } from '@writ/testing'
 *
 * const authority = await createTestAuthority()
 * const verifier = createVerifier({ keys: authority.publicKey, anchor: null, now: authority.now })
 * const token = await authority.mint({ resource: 'invoices', operation: 'read', expiresIn: '1m' })
 * await verifier.verify(token, { resource: 'invoices', operation: 'read' })
 * authority.advance(60)
 * await verifier.prove(token).catch((error) => error.code) // expired
 * ```
 */
export async function createTestAuthority(options: TestAuthorityOptions = {}): Promise<TestAuthority> {
  checkKeys(options, OPTIONS)
  const { now: start = Math.floor(Date.now() / 1000), algorithm = 'ed25519' } = options
  if (!Number.isSafeInteger(start) || start < 0) throw new TypeError('now: must be a whole number of Unix seconds')
  const { publicKey, privateKey } = await generateKeyPair({ algorithm })
  let time = start
  const now = () => time
  return Object.freeze({
    publicKey,
    privateKey,
    now,
    advance(seconds: number) {
      if (!Number.isFinite(seconds)) throw new TypeError('seconds: must be a finite number')
      time += seconds
    },
    mint: (capability: TestCapabilityOptions) => {
      const { subject = 'alice', ...others } = capability
      return mintCapability({ ...others, subject, now }, privateKey)
    },
    attenuate: (token: string, narrowing: Omit<AttenuateOptions, 'now'>) =>
      attenuate(token, publicKey, { ...narrowing, now }),
    headersFor: (token: string) => ({ authorization: `Bearer ${token}` }),
  })
}
