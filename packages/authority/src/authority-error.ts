/** Every refusal of an authority: its HTTP status and its title. */
const REFUSALS = {
  invalid_request: [422, 'The request does not have the form that this route takes'],
  unreadable_request: [400, 'The body of the request cannot be read'],
  missing_credential: [401, 'The request presents no credential'],
  refused_credential: [401, 'The credential is not accepted'],
  not_refreshable: [403, 'This identity cannot be refreshed'],
  refused: [403, 'The policy does not permit this'],
  not_found: [404, 'There is nothing here'],
  method_not_allowed: [405, 'This resource does not know the method'],
  conflict: [409, 'This was done before'],
  precondition_failed: [412, 'Somebody else has changed it meanwhile'],
  too_large: [413, 'The body of the request is too large'],
  unsupported_media_type: [415, 'The body of the request must be JSON'],
  invalid_policy: [422, 'The policy has faults'],
  precondition_required: [428, 'The request must say which version it changes'],
  too_many_requests: [429, 'Too many requests'],
  failed: [500, 'The authority failed'],
  unavailable: [503, 'A part of the authority does not answer'],
} as const

/** Why an authority refused; it never changes its meaning. */
export type AuthorityErrorCode = keyof typeof REFUSALS

/** What the answer says besides the code. Public: no value that a stranger sent, and nothing secret. */
export type AuthorityErrorDetails = Readonly<Record<string, unknown>>

/**
 * An act was refused. Nothing was minted or changed.
 *
 * @example
 * ```ts
 * import { AuthorityError, createAuthority, createLocalKeys, openStore } from '@writ/authority'
 *
 * const store = await openStore('./writ-data')
 * const keyProvider = createLocalKeys({ masterKey: new Uint8Array(32) })
 * const options = { store, keyProvider, url: 'https://authority.example', initial: { policy: 'nonsense' } }
 * const error = await createAuthority(options).catch((error) => error)
 * if (error instanceof AuthorityError) console.log(error.code) // invalid_policy
 * ```
 */
export class AuthorityError extends Error {
  override readonly name = 'AuthorityError'
  readonly code: AuthorityErrorCode
  /** The HTTP status. */
  readonly status: number
  /** Members of the problem document. */
  readonly details: AuthorityErrorDetails

  constructor(code: AuthorityErrorCode, details: AuthorityErrorDetails = {}, options?: ErrorOptions) {
    const [status, title] = REFUSALS[code]
    super(title, options)
    this.code = code
    this.status = status
    this.details = details
  }
}
