import type { PublicKey } from '../../keys/internal/keys.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { readClock } from '../base/clock.ts'
import type { World } from '../evaluate/world.ts'
import { statedWorld } from '../evaluate/world.ts'
import { type End, expiryOf } from '../rules/expiry.ts'
import { assertNotRevoked } from '../rules/revocation.ts'
import type { SignedBlock, Token } from '../token/decode-token.ts'
import { authenticateToken } from './authenticate-token.ts'
import type { Reader } from './reader.ts'

/** A token of the wanted kind whose signatures are verified, and which is neither expired nor revoked. */
export interface AdmittedToken<Declared> {
  readonly token: Token
  /** The key that signed the authority block. */
  readonly root: PublicKey
  /** What the authority block declares: the rights of a capability, or the subject of an identity or a context. */
  readonly declared: Declared
  readonly end: End
  /** The facts that its blocks state. */
  readonly world: World
}

/**
 * Authenticates a token and checks all that needs no request: first its kind, then its expiry, then revocation, so that
 * the revocation list is asked only about tokens that are otherwise good.
 *
 * @param readKind - Reads what the authority block declares; throws `wrong_kind` for another kind of token.
 * @throws `CapabilityError` with the codes of `Verifier.prove`.
 */
export async function admitToken<Declared>(
  text: string,
  reader: Reader,
  readKind: (authority: SignedBlock) => Declared,
): Promise<AdmittedToken<Declared>> {
  if (typeof text !== 'string') throw new TypeError('token: must be a string')
  const { token, root } = await authenticateToken(text, reader.roots, reader.limits)
  const admitted = admitProven(token, root, reader, readKind)
  if (reader.revocation !== undefined) await assertNotRevoked(token, root, reader.revocation)
  return admitted
}

/**
 * As `admitToken`, for a token that is authenticated already. Revocation is not looked up.
 *
 * @throws `CapabilityError`: `wrong_kind`, `unsupported_block`, `expired`, `unavailable`.
 */
export function admitProven<Declared>(
  token: Token,
  root: PublicKey,
  reader: Reader,
  readKind: (authority: SignedBlock) => Declared,
): AdmittedToken<Declared> {
  const declared = readKind(token.blocks[0] as SignedBlock)
  const world = statedWorld(token.blocks)
  const end = expiryOf(token.blocks, world)
  timeWithin(end, reader)
  return { token, root, declared, end, world }
}

/**
 * The time for the checks, in whole Unix seconds, less the tolerance.
 *
 * @throws `CapabilityError`: `expired`, `unavailable`.
 */
export function timeWithin({ at, block, check }: End, { now, clockTolerance }: Reader): number {
  const time = readClock(now) - clockTolerance
  if (BigInt(time) < at) return time
  throw new CapabilityError('expired', { block, check, expected: String(at), actual: String(time) })
}
