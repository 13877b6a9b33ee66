import { EngineError, type EngineErrorCode } from '@writ/engine'
import { AuthorityError } from '../../authority-error.ts'
import { StoreError } from '../../store/store-error.ts'
import { OAuthError, type OAuthErrorCode } from '../oauth-error.ts'

/** What OAuth calls a refusal of the engine. All others are about the scope. */
const CODES: ReadonlyMap<EngineErrorCode, OAuthErrorCode> = new Map([
  ['unknown_subject', 'invalid_request'],
  ['wrong_identity', 'invalid_request'],
  ['not_delegatable', 'invalid_request'],
  ['resolver_failed', 'invalid_authorization_details'],
  ['wrong_designation', 'invalid_authorization_details'],
  ['conflicting_designation', 'invalid_authorization_details'],
  ['missing_designation', 'invalid_authorization_details'],
  ['unknown_designation', 'invalid_authorization_details'],
  ['ancestor_names_other_object', 'invalid_authorization_details'],
  ['ancestor_has_other_attester', 'invalid_authorization_details'],
  ['conflicting_anchor', 'invalid_target'],
  ['ancestor_has_other_anchor', 'invalid_target'],
  ['unavailable', 'temporarily_unavailable'],
])

/** The error of the token endpoint that a refusal is; other errors as they are. */
export function describeRefusal(error: unknown): unknown {
  if (error instanceof EngineError) {
    return new OAuthError(CODES.get(error.code) ?? 'invalid_scope', error.message, { cause: error })
  }
  if (error instanceof StoreError) return unavailable(error)
  if (!(error instanceof AuthorityError)) return error
  switch (error.code) {
    case 'refused_credential':
      // RFC 8693 section 2.2.2: a subject token that is invalid for any reason is an invalid request.
      return new OAuthError('invalid_request', 'the subject token is not accepted', { cause: error })
    case 'invalid_request':
      return new OAuthError('invalid_request', 'a parameter has a value that is not taken', { cause: error })
    case 'unavailable':
      return unavailable(error, error.details['retryAfter'])
    default:
      return error
  }
}

function unavailable(cause: Error, retryAfter?: unknown): OAuthError {
  const seconds = typeof retryAfter === 'number' ? retryAfter : undefined
  const description = 'a part of the authority, or the issuer of the subject token, does not answer'
  return new OAuthError('temporarily_unavailable', description, { retryAfter: seconds, cause })
}
