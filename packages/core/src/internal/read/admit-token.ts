import type { PublicKey } from '../../keys/internal/keys.ts'
import { CapabilityError } from '../base/capability-error.ts'
import { readClock } from '../base/clock.ts'
import type { Steps } from '../base/steps.ts'
import { type CompiledToken, compileToken } from '../rules/compile-token.ts'
import { type End, expiryOf } from '../rules/expiry.ts'
import { allIdsOf, assertNotRevoked, idsOf } from '../rules/revocation.ts'
import type { Token } from '../token/decode-token.ts'
import { authenticate } from './authenticate-token.ts'
import type { Proof } from './proof-cache.ts'
import type { Reader } from './reader.ts'

/**
 * A token of the wanted kind whose signatures are verified. Nothing in it depends on the request, the clock, revocation
 * or a ledger, because it is kept and used for many requests.
 */
export interface AdmittedToken<Declared> extends Proof {
  readonly token: Token
  /** The key that signed the authority block. */
  readonly root: PublicKey
  /** What its kind reads from its blocks once, such as the rights of a capability. */
  readonly declared: Declared
  readonly end: End
  /** What its blocks demand. */
  readonly demands: CompiledToken
  /** One id per block. */
  readonly revocationIds: readonly string[]
  /** These ids and those of re-encoded signatures, which revoke it too. */
  readonly allIds: readonly string[]
}

/** Reads what the blocks of a token declare; throws `wrong_kind` for another kind of token. */
export type ReadDeclared<Declared> = (token: Token, demands: CompiledToken, root: PublicKey) => Declared

/**
 * Authenticates a token and checks all that needs no request: first its kind, then its expiry, then revocation, so that
 * the revocation list is asked only about tokens that are otherwise good.
 *
 * A token that passed before is not proven again. Its root key, its expiry and its revocation are looked at each time.
 *
 * @param readDeclared - The same for every token of one reader.
 * @throws `CapabilityError` with the codes of `Verifier.prove`.
 */
export function* admitToken<Declared>(
  text: string,
  reader: Reader,
  readDeclared: ReadDeclared<Declared>,
): Steps<AdmittedToken<Declared>> {
  if (typeof text !== 'string') throw new TypeError('token: must be a string')
  // A longer text is in no cache, and is not hashed.
  const found = text.length > reader.limits.textLength ? undefined : reader.proofs?.find(text)
  // What was proven with another root key than the one that the token names now is not proven.
  const isKnown = found !== undefined && (yield* reader.roots(found.token.rootKeyId)).publicKey.text === found.root.text
  const known = isKnown ? (found as AdmittedToken<Declared>) : undefined
  const admitted = known ?? (yield* readAdmitted(text, reader, readDeclared))
  timeWithin(admitted.end, reader)
  if (reader.revocation !== undefined) yield* assertNotRevoked(admitted.allIds, reader.revocation)
  if (known === undefined) reader.proofs?.add(admitted)
  return admitted
}

function* readAdmitted<Declared>(
  text: string,
  { roots, limits, proofs }: Reader,
  readDeclared: ReadDeclared<Declared>,
): Steps<AdmittedToken<Declared>> {
  const { token, root } = yield* authenticate(text, roots, limits, proofs)
  return describeProven(token, root, readDeclared)
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
  readDeclared: ReadDeclared<Declared>,
): AdmittedToken<Declared> {
  const admitted = describeProven(token, root, readDeclared)
  timeWithin(admitted.end, reader)
  return admitted
}

function describeProven<Declared>(
  token: Token,
  root: PublicKey,
  readDeclared: ReadDeclared<Declared>,
): AdmittedToken<Declared> {
  const demands = compileToken(token.blocks)
  const declared = readDeclared(token, demands, root)
  const end = expiryOf(token.blocks, demands.stated)
  const revocationIds = idsOf(token)
  return { token, root, declared, end, demands, revocationIds, allIds: allIdsOf(token, root, revocationIds) }
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
