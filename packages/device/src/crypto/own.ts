import { ed25519 as library } from '@noble/curves/ed25519.js'
import type { Ed25519 } from './ed25519.ts'

// Multiples of the base point are kept from the first signature on. As many as the library keeps take 160 KB more, and gain nothing
// here.
library.Point.BASE.precompute(4)

/**
 * Ed25519 in JavaScript. The library multiplies by the cofactor, which makes a difference only for points outside the group of
 * prime order. No honest signer has one, so such a key or R is refused: all platforms then agree.
 */
export const ed25519: Ed25519 = {
  verify: (publicKey, signature, data) =>
    [publicKey, signature.subarray(0, 32)].every((point) => library.Point.fromBytes(point).isTorsionFree()) &&
    library.verify(signature, data, publicKey, { zip215: false }),
  publicKeyOfSeed: (seed) => library.getPublicKey(seed),
}

/** Of one curve alone. */
export const p256: undefined = undefined
