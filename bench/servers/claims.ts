export const ISSUER = 'https://issuer.example/'
export const AUDIENCE = 'service:billing'

/** What a JWT says that a capability says as well. */
export interface Claims {
  readonly sub: string
  readonly tenantId: string
  readonly invoiceId: string
}

/** Whether the claims name the object of the request. */
export function isFor(claims: Partial<Claims>, params: { readonly tenantId?: unknown; readonly invoiceId?: unknown }) {
  return claims.tenantId === params.tenantId && claims.invoiceId === params.invoiceId
}
