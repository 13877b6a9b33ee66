import type { Ed25519 } from './ed25519.ts'

let given: Ed25519 | undefined

/**
 * Hands in the Ed25519 of the host, once, before the first token is verified.
 *
 * @throws `TypeError` if a function is missing, or one was handed in before.
 *
 * @example
 * ```ts
 * import { createVerifier, setEd25519 } from '@writ/device/host'
 *
 * declare const host: {
 *   verify(publicKey: Uint8Array, signature: Uint8Array, data: Uint8Array): boolean
 *   publicKeyOfSeed(seed: Uint8Array): Uint8Array
 * } // crypto_sign_verify_detached and crypto_sign_seed_keypair of libsodium, for example
 *
 * setEd25519(host)
 * export const verifier = createVerifier({ keys: 'ed25519/…', anchor: 'lock:front', now: () => 1_800_000_000 })
 * ```
 */
export function setEd25519(functions: Ed25519): void {
  if (given !== undefined) throw new TypeError('ed25519: was handed in before')
  const { verify, publicKeyOfSeed } = functions
  if (typeof verify !== 'function') throw new TypeError('verify: must be a function')
  if (typeof publicKeyOfSeed !== 'function') throw new TypeError('publicKeyOfSeed: must be a function')
  // A copy: what somebody changes later has no effect. Only `true` is a yes.
  given = {
    verify: (publicKey, signature, data) => verify(publicKey, signature, data) === true,
    publicKeyOfSeed: (seed) => publicKeyOfSeed(seed),
  }
}

/** What was handed in; it fails where nothing was. */
export const ed25519: Ed25519 = {
  verify: (...args) => handedIn().verify(...args),
  publicKeyOfSeed: (seed) => handedIn().publicKeyOfSeed(seed),
}

/** Of one curve alone. */
export const p256: undefined = undefined

function handedIn(): Ed25519 {
  if (given === undefined) throw new TypeError('ed25519: was not handed in, see setEd25519')
  return given
}
