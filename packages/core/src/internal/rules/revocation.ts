import type { PublicKey } from '../../keys/internal/keys.ts'
import type { Algorithm } from '../../keys/key-types.ts'
import { toHex } from '../base/bytes.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { outcomeOf, type Steps } from '../base/steps.ts'
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
 * Every id that revokes a token: those of its blocks, and those of re-encoded signatures. A block that a P-256 key signed
 * has two.
 *
 * @param ids - What `idsOf` returned for the token, if that is known.
 */
export function allIdsOf(token: Token, root: PublicKey, ids: readonly string[] = idsOf(token)): readonly string[] {
  const twins = twinIdsOf(token, root)
  return twins.length === 0 ? ids : Object.freeze([...ids, ...twins])
}

/**
 * Refuses a token that is revoked.
 *
 * @param ids - All that `allIdsOf` returns.
 * @throws `CapabilityError`: `revoked`; `unavailable` if there is no clear answer.
 */
export function assertNotRevoked(ids: readonly string[], revocation: RevocationCheck): Steps<void> {
  return assertNo(() => revocation.isRevoked(ids))
}

/**
 * Refuses an identity whose name is revoked, or a name above it. Only of a list that knows names.
 *
 * @param name - A name that is proven.
 * @throws `CapabilityError`: `revoked`; `unavailable` if there is no clear answer.
 */
export function assertActorNotRevoked(name: string, revocation: Required<RevocationCheck>): Steps<void> {
  return assertNo(() => revocation.isActorRevoked(name))
}

function* assertNo(isRevoked: () => unknown): Steps<void> {
  let revoked: unknown
  try {
    revoked = yield* outcomeOf(isRevoked())
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
