import type { CapabilityErrorCode } from '@writ/core/verify'
import type { RequestView } from '../../request-view.ts'
import { findToken, type TokenFrom } from '../find-token.ts'
import { type HeadersFrom, hintAbout, SentBy } from '../headers-of.ts'

/** Where a guard looks for the token. */
interface Place {
  readonly tokenFrom: TokenFrom
  readonly headersFrom: HeadersFrom
}

/** What to tell the developer about a credential, beside what the code says. Nothing that a stranger wrote is in it. */
export function refusalHint(
  code: CapabilityErrorCode | undefined,
  view: RequestView,
  place: Place,
): string | undefined {
  return hintAbout(view, place) ?? (code && credentialHint(code, view, place))
}

function credentialHint(code: CapabilityErrorCode, view: RequestView, place: Place): string | undefined {
  const sent = new SentBy(view, place.headersFrom)
  switch (code) {
    case 'missing_token':
      return sent.header('authorization').length === 0 ? undefined : misplaced(place.tokenFrom)
    case 'malformed_token':
      return findToken(sent, place.tokenFrom) === 'several' ? 'more than one credential came' : undefined
    case 'untrusted_key':
    case 'invalid_signature':
      return 'does keys hold the public key of the authority that minted it?'
    case 'cross_site':
      return 'if the page is yours, its origin belongs into tokenFrom.allowedOrigins'
    default:
      return undefined
  }
}

/** There is an `Authorization` header, and no token where the guard looks for one. */
function misplaced({ header, cookie }: TokenFrom): string {
  if (header === 'authorization') return 'the Authorization header must be "Bearer", a space and the token'
  return `this guard takes the token from the ${cookie ? `cookie ${cookie.name}` : `header ${header}`}, not from Authorization`
}
