import { library } from '#ed25519'
import type { Bytes } from '../base/bytes.ts'

// Ed25519 for platforms whose WebCrypto does not have it, such as browsers before 2025. It is loaded only there.

/** An Ed25519 public key that the platform could not import. */
export class FallbackKey {
  readonly bytes: Bytes

  constructor(bytes: Bytes) {
    this.bytes = bytes
  }
}

/** Keeps a public key, and loads the library. */
export async function importKey(bytes: Bytes): Promise<FallbackKey> {
  await library()
  return new FallbackKey(bytes)
}

/** Whether WebCrypto failed because it has no Ed25519, or because there is no WebCrypto. */
export function lacksEd25519(error: unknown): boolean {
  const { crypto } = globalThis as { readonly crypto?: { readonly subtle?: unknown } }
  return crypto?.subtle === undefined || (error as { readonly name?: unknown } | null)?.name === 'NotSupportedError'
}

/**
 * Verifies an Ed25519 signature.
 *
 * The library multiplies by the cofactor, and platforms do not. The two differ only for points outside the group of prime
 * order, which no honest signer has: such a key or R is refused.
 */
export async function verifyEd25519({ bytes }: FallbackKey, signature: Bytes, data: Bytes): Promise<boolean> {
  const { ed25519 } = await library()
  try {
    const points = [bytes, signature.subarray(0, 32)].map((point) => ed25519.Point.fromBytes(point))
    return points.every((point) => point.isTorsionFree()) && ed25519.verify(signature, data, bytes, { zip215: false })
  } catch {
    // Not a point of the curve.
    return false
  }
}

/** Derives the public key of an Ed25519 seed. */
export async function publicKeyOfSeed(seed: Bytes): Promise<Bytes> {
  const { ed25519 } = await library()
  return new Uint8Array(ed25519.getPublicKey(seed))
}
