/** The grant type of token exchange (RFC 8693 section 2.1). */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** A capability that is issued; as a subject token, an identity of this authority or a JWT of another issuer. */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
export const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt'
export const ID_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:id_token'
/** An identity of this authority. */
export const IDENTITY_TYPE = 'urn:writ:token-type:identity'

/** The type of authorization details that name a capability (RFC 9396 section 2). */
export const CAPABILITY_DETAILS = 'writ_capability'
