import type { Algorithm } from '../../keys/key-types.ts'
import type { Limits } from '../base/limits.ts'
import { tooLarge } from '../base/unproven.ts'
import type { Token } from '../token/decode-token.ts'

/**
 * Refuses a token with too many signatures on P-256 before any signature is checked. Each costs about twice as much as
 * one on Ed25519, and every holder chooses the curve of the next key.
 *
 * @throws `CapabilityError`: `limits_exceeded`.
 */
export function assertP256Signatures(token: Token, root: Signer, limits: Limits): void {
  const signatures = signersOf(token, root).filter(({ algorithm }) => algorithm === 'secp256r1').length
  if (signatures > limits.p256Signatures) throw tooLarge('p256Signatures')
}

/** A private or public key that signs. */
export interface Signer {
  readonly algorithm: Algorithm
}

/** The key of every signature of a token: those of the blocks, of third parties, and of the seal. */
function signersOf({ blocks, proof }: Token, root: Signer): Signer[] {
  const next = blocks.map(({ nextKey }) => nextKey)
  const thirdParties = blocks.flatMap(({ external }) => external?.publicKey ?? [])
  // The last key signs nothing in an open token.
  return [root, ...(proof.type === 'finalSignature' ? next : next.slice(0, -1)), ...thirdParties]
}
