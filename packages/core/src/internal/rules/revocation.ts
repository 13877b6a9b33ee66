import type { PublicKey } from '../../keys/internal/keys.ts'
import type { Algorithm } from '../../keys/key-types.ts'
import { toHex } from '../base/bytes.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { lowSignature, twinSignature } from '../signature/verify-signature.ts'
import type { SignedBlock, Token } from '../token/decode-token.ts'
import type { RevocationCheck } from './revocation-check.ts'

/**
 * The revocation id of each block: its signature as on the wire, as lower-case hex (Biscuit specification, "Revocation
 * identifiers").
 */
export function idsOf({ blocks }: Token): readonly string[] {
  return Object.freeze(blocks.map(({ signature }) => toHex(signature)))
}

/**
 * One id for the authority block, whichever encoding its signature has: the id of the low-s encoding. Uses are counted
 * under this id, because anyone can re-encode a P-256 signature.
 */
export function canonicalIdOf(
  { blocks: [authority] }: Token,
  { algorithm }: { readonly algorithm: Algorithm },
): string {
  const { signature } = authority as SignedBlock
  return toHex(algorithm === 'secp256r1' ? lowSignature(signature) : signature)
}

/**
 * Refuses a token that is revoked. It asks about every id of the token, including those of re-encoded signatures.
 *
 * @throws `CapabilityError`: `revoked`; `unavailable` if there is no clear answer.
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
