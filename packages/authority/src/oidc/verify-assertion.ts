import { createHash } from 'node:crypto'
import type { Issuer, Policy } from '@writ/engine'
import { decodeJwt, type JWTPayload, jwtVerify } from 'jose'
import { AuthorityError } from '../authority-error.ts'
import type { IssuerKeys } from './issuer-keys.ts'

/** An assertion whose issuer, audience, signature and times are right. Whether it was exchanged before is not known. */
export interface VerifiedAssertion {
  readonly issuer: Issuer
  /** What it says: a map, because the names are a stranger's. */
  readonly claims: ReadonlyMap<string, unknown>
  /** The same for every copy, and for no other assertion. */
  readonly id: string
  /** Until when `id` must be remembered, in Unix seconds. */
  readonly expiresAt: number
}

/** Asymmetric ones alone: with a shared secret, whoever verifies can issue. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** Other types, such as logout tokens and proofs of possession, are no assertion about who somebody is. */
const TYPES = ['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']
const MAX_LENGTH = 16 * 1024
const MAX_AGE = 600
/** Clocks of issuers may be ahead or behind by so much, in seconds. */
const TOLERANCE = 5
/** The age is limited, so a later end makes no assertion usable for longer. */
const LONGEST = 86_400

/**
 * Verifies an assertion of an issuer that the policy declares: issuer and audience character by character, signature, end,
 * begin, and an age of ten minutes at most (RFC 7519, RFC 8725).
 *
 * @param parts - `now`: Unix seconds.
 * @throws `AuthorityError` `refused_credential`, which does not say why, or `unavailable` if the issuer does not answer.
 */
export async function verifyAssertion(
  token: string,
  policy: Policy,
  parts: { readonly issuerKeys: IssuerKeys; readonly now: () => number },
): Promise<VerifiedAssertion> {
  try {
    return await verify(token, policy, parts)
  } catch (error) {
    if (error instanceof AuthorityError) throw error
    throw new AuthorityError('refused_credential', {}, { cause: error })
  }
}

async function verify(
  token: string,
  policy: Policy,
  { issuerKeys, now }: { readonly issuerKeys: IssuerKeys; readonly now: () => number },
): Promise<VerifiedAssertion> {
  if (token.length > MAX_LENGTH) throw new Error('the assertion is too long')
  const { iss } = decodeJwt(token)
  const issuer = policy.issuers.find((candidate) => candidate.issuer === iss)
  if (issuer === undefined) throw new Error('no issuer of the policy has issued it')
  const { payload, protectedHeader } = await jwtVerify(token, (header) => issuerKeys.find(issuer, header), {
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: ALGORITHMS,
    requiredClaims: ['exp', 'iat'],
    maxTokenAge: MAX_AGE,
    clockTolerance: TOLERANCE,
    currentDate: new Date(now() * 1000),
  })
  const { typ, crit } = protectedHeader
  if (typ !== undefined && !TYPES.includes(typ.toLowerCase())) throw new Error('it is a token of another type')
  if (crit !== undefined) throw new Error('it has an extension')
  const { aud, exp = 0, iat = 0 } = payload
  if (Array.isArray(aud) && aud.length !== 1) throw new Error('it is meant for others as well')
  return Object.freeze({
    issuer,
    claims: new Map<string, unknown>(Object.entries(payload)),
    id: identify(token, payload),
    expiresAt: Math.ceil(Math.min(exp, iat + LONGEST)) + TOLERANCE,
  })
}

/** Without an id of its own, it is known by what was signed: a signature may have several spellings. */
function identify(token: string, { iss, jti }: JWTPayload): string {
  if (jti !== undefined && typeof jti !== 'string') throw new Error('its id is no text')
  const own = jti ? ['jti', jti] : ['text', token.slice(0, token.lastIndexOf('.'))]
  return createHash('sha256')
    .update(JSON.stringify([iss, ...own]))
    .digest('hex')
}
