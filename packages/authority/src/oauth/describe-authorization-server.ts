import type { AuthorityParts } from '../authority-parts.ts'
import { CAPABILITY_DETAILS, TOKEN_EXCHANGE } from './token-types.ts'

/** What an OAuth client learns about an authority (RFC 8414 section 2). */
export interface AuthorizationServerMetadata {
  readonly issuer: string
  readonly token_endpoint: string
  readonly token_endpoint_auth_methods_supported: readonly ['none']
  readonly grant_types_supported: readonly [typeof TOKEN_EXCHANGE]
  /** There is no authorization endpoint. */
  readonly response_types_supported: readonly []
  readonly authorization_details_types_supported: readonly [typeof CAPABILITY_DETAILS]
}

/**
 * Describes the authority for OAuth clients. Scopes are not listed: what there is, the schema says to those who may read it.
 *
 * @returns The document for `/.well-known/oauth-authorization-server`.
 */
export function describeAuthorizationServer({ url }: Pick<AuthorityParts, 'url'>): AuthorizationServerMetadata {
  return {
    issuer: url,
    token_endpoint: `${url}/oauth/token`,
    token_endpoint_auth_methods_supported: ['none'],
    grant_types_supported: [TOKEN_EXCHANGE],
    response_types_supported: [],
    authorization_details_types_supported: [CAPABILITY_DETAILS],
  }
}
