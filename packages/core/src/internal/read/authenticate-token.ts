import type { PublicKey } from '../../keys/internal/keys.ts'
import { DEFAULT_LIMITS, type Limits } from '../base/limits.ts'
import { type Steps, whenDone } from '../base/steps.ts'
import type { RootKeys } from '../signature/root-keys.ts'
import { assertP256Signatures } from '../signature/signers.ts'
import { verifySignatures } from '../signature/verify-signatures.ts'
import { decodeToken, type Token } from '../token/decode-token.ts'
import { assertProfile } from '../token/profile.ts'
import type { Proof, ProofCache, ProvenBlocks } from './proof-cache.ts'

/**
 * Decodes a token, verifies its signatures, and makes sure that the evaluator supports all of it.
 *
 * @param assertSupported - Refuses a token that is not supported. Default: by the profile, as every verifier must.
 * @throws `CapabilityError`: `malformed_token`, `limits_exceeded`, `untrusted_key`, `unavailable`, `invalid_signature`,
 *   `unsupported_block`.
 */
export async function authenticateToken(
  text: string,
  roots: RootKeys,
  limits: Limits = DEFAULT_LIMITS,
  assertSupported: (token: Token) => void = assertProfile,
): Promise<{ token: Token; root: PublicKey }> {
  return whenDone(authenticate(text, roots, limits, undefined, assertSupported))
}

/**
 * As `authenticateToken`, in steps. Blocks at the start that are in the cache are neither decoded nor verified again; the
 * proof of the last holder always is.
 *
 * @param cache - Must hold only tokens that were read with the same limits.
 */
export function* authenticate(
  text: string,
  roots: RootKeys,
  limits: Limits,
  cache: Pick<ProofCache<Proof>, 'findBlocks'> | undefined,
  assertSupported: (token: Token) => void = assertProfile,
): Steps<{ token: Token; root: PublicKey }> {
  let start: ProvenBlocks | undefined
  const token = decodeToken(text, limits, (serialized) => {
    start = cache?.findBlocks(serialized)
    return start
  })
  const root = yield* roots(token.rootKeyId)
  assertP256Signatures(token, root.publicKey, limits)
  // What another root key signed is proven for that key alone.
  const isSameRoot = start !== undefined && start.root.text === root.publicKey.text
  yield* verifySignatures(token, root, isSameRoot ? start?.blocks.length : 0)
  assertSupported(token)
  return { token, root: root.publicKey }
}
