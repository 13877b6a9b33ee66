// In place of the module of core that finds the crypto of a platform: bundle.mjs puts it there.
import { CapabilityError } from '@writ/core/verify'
import { ed25519, p256 } from '#crypto'

type Bytes = Uint8Array<ArrayBuffer>

/** A public key: there is nothing to prepare. */
class Key {
  readonly bytes: Bytes

  constructor(bytes: Bytes) {
    this.bytes = bytes
  }
}

const crypto = {
  isSync: true,
  importKey(curve: 'ed25519' | 'secp256r1', bytes: Bytes): Key {
    if (curve === 'secp256r1' && p256 === undefined) throw new CapabilityError('unsupported_block', { proven: false })
    return new Key(bytes)
  },
  verifyEd25519: (key: object, signature: Bytes, data: Bytes): boolean =>
    isTrue(() => ed25519.verify((key as Key).bytes, signature, data)),
  verifyP256: (key: object, der: Bytes, data: Bytes): boolean =>
    isTrue(() => p256?.verify((key as Key).bytes, der, data) === true),
  publicKeyOfSeed: (seed: Bytes): Bytes => Uint8Array.from(ed25519.publicKeyOfSeed(seed)),
  isP256Pair: (secret: Bytes, publicKey: Bytes): boolean =>
    p256?.publicKeyOf(secret).every((byte, index) => byte === publicKey[index]) === true,
  importPrivateKey: cannotSign,
  sign: cannotSign,
}

/** The crypto of the device. */
export function platform(): typeof crypto {
  return crypto
}

/** Bytes that are no point make the library throw. */
function isTrue(verify: () => boolean): boolean {
  try {
    return verify()
  } catch {
    return false
  }
}

function cannotSign(): never {
  throw new TypeError('a device verifies, and signs nothing')
}
