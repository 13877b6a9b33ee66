import { type Algorithm, privateKeyFrom, publicKeyOf } from './forge/crypto.ts'

export interface TestKey {
  readonly publicKey: string
  readonly privateKey: string
}

/** A key pair that is the same in every run, in Biscuit's notation. */
export function testKey(owner: string, algorithm: Algorithm = 'ed25519'): TestKey {
  const privateKey = privateKeyFrom(owner, algorithm)
  return { publicKey: publicKeyOf(privateKey), privateKey }
}

/** The authority's root key, on both curves. */
export const root: TestKey = testKey('root')
export const rootP256: TestKey = testKey('root', 'secp256r1')

/** A service that attests designations. */
export const gateway: TestKey = testKey('gateway')
export const gatewayP256: TestKey = testKey('gateway', 'secp256r1')

/** The key that latent capabilities wait for. */
export const activator: TestKey = testKey('activator')
export const activatorP256: TestKey = testKey('activator', 'secp256r1')

/** An attacker: her keys are well-formed, and nobody trusts them. */
export const mallory: TestKey = testKey('mallory')
export const malloryP256: TestKey = testKey('mallory', 'secp256r1')

/** Every small-order point of Ed25519's curve in each of its encodings, canonical or not, as hex. */
export const SMALL_ORDER_POINTS: readonly string[] = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
]

/** A signature that some implementations accept for any message under the identity point. */
export const SIGNATURE_UNDER_IDENTITY: Uint8Array = Uint8Array.from([1, ...new Array<number>(63).fill(0)])
