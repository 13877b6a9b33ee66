import type { PublicKey } from '../../keys/internal/keys.ts'
import type { Algorithm } from '../../keys/key-types.ts'
import { toHex } from '../base/bytes.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { lowSignature, twinSignature } from '../signature/verify-signature.ts'
import type { SignedBlock, Token } from '../token/decode-token.ts'
import type { RevocationCheck } from './revocation-check.ts'

/** One id a block: its signature as on the wire, lower-case hex (Biscuit specification, "Revocation identifiers"). */
export function idsOf({ blocks }: Token): readonly string[] {
  return Object.freeze(blocks.map(({ signature }) => toHex(signature)))
}

/**
 * The one id of the authority block that every encoding of its signature shares: the low-s one. Whoever counts uses keeps them under
 * this id, since anybody can re-encode a P-256 signature.
 */
export function canonicalIdOf(
  { blocks: [authority] }: Token,
  { algorithm }: { readonly algorithm: Algorithm },
): string {
  const { signature } = authority as SignedBlock
  return toHex(algorithm === 'secp256r1' ? lowSignature(signature) : signature)
}

/**
 * Asks whether the token is revoked, under every id that anyone can give it.
 *
 * Errors: `revoked`; `unavailable` when there is no clear answer.
 */
export async function assertNotRevoked(token: Token, root: PublicKey, revocation: RevocationCheck): Promise<void> {
  const ids = [...idsOf(token), ...twinIdsOf(token, root)]
  let revoked: unknown
  try {
    revoked = await revocation.isRevoked(Object.freeze(ids))
  } catch (cause) {
    throw new CapabilityError('unavailable', { cause })
  }
  if (typeof revoked !== 'boolean') throw new CapabilityError('unavailable')
  if (revoked) throw new CapabilityError('revoked')
}

function twinIdsOf({ blocks }: Token, root: PublicKey): string[] {
  return blocks.flatMap(({ signature }, index) => {
    const signer = index === 0 ? root : blocks[index - 1]?.nextKey
    return signer?.algorithm === 'secp256r1' ? [toHex(twinSignature(signature))] : []
  })
}
