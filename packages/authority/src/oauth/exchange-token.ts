import type { Policy } from '@writ/engine'
import type { AuthorityParts } from '../authority-parts.ts'
import { mintCapabilities } from '../issue/mint-capabilities.ts'
import { exchangeAssertion } from '../oidc/exchange-assertion.ts'
import { describeRefusal } from './internal/describe-refusal.ts'
import { readOne, readRequired } from './internal/read-form.ts'
import { type AskedRight, readRight, scopeOf } from './internal/read-right.ts'
import { OAuthError } from './oauth-error.ts'
import {
  ACCESS_TOKEN_TYPE,
  CAPABILITY_DETAILS,
  ID_TOKEN_TYPE,
  IDENTITY_TYPE,
  JWT_TYPE,
  TOKEN_EXCHANGE,
} from './token-types.ts'

/** The body of the answer (RFC 8693 section 2.2.1, RFC 9396 section 7). It must not be cached. */
export interface TokenAnswer {
  readonly access_token: string
  readonly issued_token_type: typeof ACCESS_TOKEN_TYPE | typeof IDENTITY_TYPE
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
  /** Of a capability whose names have a spelling as a scope. */
  readonly scope?: string
  /** Of a capability: what it is good for. */
  readonly authorization_details?: readonly object[]
}

/**
 * Exchanges a token for a capability, as an OAuth client asks for it (RFC 8693). The subject token is an identity of this
 * authority, or a JWT of an issuer that the policy declares, which is spent even if the capability is refused.
 *
 * `scope` says target and operation (`invoices:read`); `authorization_details` (RFC 9396) may name the object; `resource` or
 * `audience` say at which service the capability is used. With the `requested_token_type` of an identity, a JWT is exchanged
 * for an identity alone. There is no client authentication, and no refresh token.
 *
 * @param form - The parameters of the body. Unknown ones are ignored (RFC 6749 section 3.2).
 * @throws `OAuthError` with every refusal; what else is thrown is a failure.
 */
export async function exchangeToken(parts: AuthorityParts, form: URLSearchParams): Promise<TokenAnswer> {
  try {
    const grantType = readRequired(form, 'grant_type')
    if (grantType !== TOKEN_EXCHANGE) throw new OAuthError('unsupported_grant_type', 'only tokens are exchanged')
    if (readOne(form, 'actor_token') !== undefined || readOne(form, 'actor_token_type') !== undefined) {
      throw new OAuthError('invalid_request', 'an actor token is not taken')
    }
    const token = readRequired(form, 'subject_token')
    const isJwt = isAssertion(token, readRequired(form, 'subject_token_type'))
    if (wantsIdentity(readOne(form, 'requested_token_type'))) {
      if (!isJwt) throw new OAuthError('invalid_request', 'an identity is exchanged for a capability alone')
      return answerIdentity(await exchangeAssertion(parts, { token }), parts.now())
    }
    const right = readRight(form)
    const { policy } = await parts.rules.current()
    const anchor = anchorOf(right, policy)
    const identity = isJwt ? (await exchangeAssertion(parts, { token })).identity : token
    return await mint(parts, identity, right, anchor)
  } catch (error) {
    throw describeRefusal(error)
  }
}

/** An access token is one of this authority or of another issuer. A JWT has dots, and an identity has none. */
function isAssertion(token: string, type: string): boolean {
  if (type === JWT_TYPE || type === ID_TOKEN_TYPE) return true
  if (type === ACCESS_TOKEN_TYPE) return token.includes('.')
  if (type === IDENTITY_TYPE) return false
  throw new OAuthError('invalid_request', 'the type of the subject token is not taken')
}

function wantsIdentity(type: string | undefined): boolean {
  if (type === undefined || type === ACCESS_TOKEN_TYPE) return false
  if (type === IDENTITY_TYPE) return true
  throw new OAuthError('invalid_request', 'tokens of the requested type are not issued')
}

/** The one service at which the capability is used (RFC 8707 section 2); `undefined` if the policy is to say. */
function anchorOf({ places }: AskedRight, policy: Policy): string | undefined {
  const names = new Set(places.map((place) => findService(place, policy)))
  if (names.size > 1) throw new OAuthError('invalid_target', 'a capability is used at one service')
  return [...names][0]
}

function findService(place: string, policy: Policy): string {
  const service = policy.objects.find(({ id, resource }) => id === place || resource === place)
  if (service === undefined) throw new OAuthError('invalid_target', 'the policy knows no such service')
  return service.id
}

async function mint(
  parts: AuthorityParts,
  identity: string,
  { target, operation, designations }: AskedRight,
  anchor: string | undefined,
): Promise<TokenAnswer> {
  const [answer] = await mintCapabilities(parts, { identity, requests: [{ target, operation, designations, anchor }] })
  if (answer?.minted === undefined) throw answer?.refused ?? new Error('nothing was minted')
  const { minted } = answer
  const scope = scopeOf(minted.target, minted.operation)
  const details = {
    type: CAPABILITY_DETAILS,
    identifier: minted.target,
    actions: [minted.operation],
    ...(minted.anchor !== undefined && { locations: [minted.anchor] }),
    designations: minted.designations,
  }
  return {
    access_token: minted.capability,
    issued_token_type: ACCESS_TOKEN_TYPE,
    token_type: 'Bearer',
    expires_in: secondsUntil(minted.expiresAt, parts.now()),
    ...(scope !== undefined && { scope }),
    authorization_details: [details],
  }
}

function answerIdentity(
  { identity, expiresAt }: { readonly identity: string; readonly expiresAt: number },
  now: number,
): TokenAnswer {
  const expires_in = secondsUntil(expiresAt, now)
  return { access_token: identity, issued_token_type: IDENTITY_TYPE, token_type: 'Bearer', expires_in }
}

function secondsUntil(time: number, now: number): number {
  return Math.max(0, Math.floor(time - now))
}
