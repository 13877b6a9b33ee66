import type { KeyProvider } from './keys/key-provider.ts'
import type { IssuerKeys } from './oidc/issuer-keys.ts'
import type { RulesInForce } from './rules/rules.ts'
import type { Store } from './store/store.ts'

/** What every act of an authority is given. */
export interface AuthorityParts {
  readonly store: Store
  readonly rules: RulesInForce
  readonly keyProvider: KeyProvider
  /** Keys of others whose assertions are exchanged, see `createIssuerKeys`. */
  readonly issuerKeys: IssuerKeys
  /** The public URL of the authority, without a slash at its end: `https://authority.example`. It is the issuer of RFC 8414. */
  readonly url: string
  /** The anchor of capabilities for its own admin routes: `service:authority`. */
  readonly name: string
  /** The clock, in Unix seconds. */
  readonly now: () => number
}
