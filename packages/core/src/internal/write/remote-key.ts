import { type PublicKey, parsePublicKey } from '../../keys/internal/keys.ts'
import type { Signer } from '../../keys/key-types.ts'
import type { Bytes } from '../base/bytes.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { type Steps, whenDone } from '../base/steps.ts'
import { importVerifyingKey, verifySignature } from '../signature/verify-signature.ts'
import { canonicalSignature, type SigningKey } from './signing-key.ts'

/**
 * Makes a signing key of a signer. What it returns is verified, so that nothing is written that no verifier accepts: a
 * service may hold another key than its public key says, or sign a hash of the hash.
 *
 * @throws `TypeError` that starts with `name`, now for a signer that is none, or when signing for an answer that is no
 *   signature by its key.
 * @throws `CapabilityError`: `unavailable` when signing, if the signer fails.
 */
export function remoteKey(signer: Signer, name: string): SigningKey {
  if (typeof signer.sign !== 'function') {
    throw new TypeError(`${name}: must be a private key, or a signer with publicKey and sign`)
  }
  const publicKey = parsePublicKey(signer.publicKey, `${name}.publicKey`)
  return {
    publicKey,
    async sign(data) {
      let answer: unknown
      try {
        // A copy, so that what is verified and written is not what the signer could change.
        answer = await signer.sign(data.slice())
      } catch (cause) {
        throw new CapabilityError('unavailable', { cause })
      }
      if (!(answer instanceof Uint8Array)) throw new TypeError(`${name}.sign: must return bytes`)
      const given = new Uint8Array(answer)
      try {
        const signature = publicKey.algorithm === 'ed25519' ? given : canonicalSignature(given)
        if (await whenDone(verifies(publicKey, signature, data))) return signature
      } catch {
        // Not even the form of a signature.
      }
      throw new TypeError(`${name}.sign: what it returned is not a signature by ${name}.publicKey`)
    },
  }
}

function* verifies(publicKey: PublicKey, signature: Bytes, data: Bytes): Steps<boolean> {
  return yield* verifySignature(yield* importVerifyingKey(publicKey), signature, data)
}
