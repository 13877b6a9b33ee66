import type {
  CapabilityError,
  CapabilityErrorCode,
  Schema,
  VerifiedCapability,
  VerifierOptions,
} from '@writ/core/verify'
import type { Refusal, RefusalResponse } from './refusal.ts'
import type { RequestView } from './request-view.ts'
import type { FrozenRequirement } from './requirement.ts'

/** What a guard decided about one request, for logs and metrics. Its values are for operators, not for callers. */
export interface Decision {
  /** Whether the requirement was met. */
  readonly allowed: boolean
  /** `false` in report mode: the request continues, even if it should be refused. */
  readonly enforced: boolean
  /** The true reason of a refusal. */
  readonly code?: CapabilityErrorCode
  /** The requirement that was met. If none of several was met, the one that got furthest. */
  readonly requirement: FrozenRequirement
  /** The operation that was asked for: from the requirement, else from the method. */
  readonly operation: string
  /** The capability, if one was proven, even if it did not meet the requirement. */
  readonly capability?: VerifiedCapability
  /** Milliseconds that the decision took. */
  readonly durationMs: number
  /** The designation that decided. */
  readonly label?: string
  /** What the token demands for it. */
  readonly expected?: string
  /** What the request held for it. */
  readonly actual?: string
  /** The error of a refusal, with its `cause`. */
  readonly error?: CapabilityError
  /**
   * What to change, in one sentence without values of the request: for `source_empty` and `source_missing`, and where code of the
   * app has changed the header of the token, and the guard reads what was sent.
   */
  readonly hint?: string
}

/** How a guard treats requests. Each adapter takes these and the options of a verifier in one flat object. */
export interface GuardOptions<Native = unknown> {
  /**
   * The schema that the authority mints by: of `defineSchema` or `parseSchema`. Then a requirement must fit it, or building the
   * guard throws: resource and operation must be known, every required label designated, and no unknown one. Without
   * `operation`, this holds for `read` and `write`. `allowUndesignated` never covers a required label. Default: everything fits.
   */
  readonly schema?: Schema | undefined
  /** The `realm` of the challenge: printable ASCII without `"` and `\`. Default `writ`. */
  readonly realm?: string | undefined
  /**
   * `report`: every request continues, and `onDecision` learns what would have been refused. Handlers get the capability with
   * `enforced: false`; where nothing was proven, one of nobody for nothing, and `undefined` from the optional accessor. Default
   * `enforce`.
   */
  readonly mode?: 'enforce' | 'report' | undefined
  /** Called after each decision and awaited. If it fails, the answer is `unavailable`; in report mode the request continues. */
  readonly onDecision?:
    | ((decision: Decision, context: { readonly request: RequestView; readonly native: Native }) => unknown)
    | undefined
  /**
   * Called before the guard answers a refusal, and awaited. What it returns replaces the body, adds headers, or changes the
   * status to another from 400 to 599. If it fails, the answer is `unavailable`. Not called with `refuse: 'error'`.
   */
  readonly onRefusal?:
    | ((refusal: Refusal, native: Native) => RefusalResponse | undefined | Promise<RefusalResponse | undefined>)
    | undefined
  /**
   * Who answers a refusal: the guard (`answer`), or the framework's error handling (`error`), which gets a `RefusalError`.
   * Default `answer`.
   */
  readonly refuse?: 'answer' | 'error' | undefined
  /**
   * Answers 401 `invalid_token` instead of 403 to tokens that are unproven, expired or revoked, for clients that renew their
   * token on 401 (RFC 6750 section 3.1). Default `false`.
   */
  readonly rfc6750?: boolean | undefined
  /** Seconds that a 503 asks the client to wait: a whole number, at least 1. Default 5. */
  readonly retryAfter?: number | undefined
  /**
   * Where the token comes from: a header that holds it alone, or a cookie. A cookie is sent by a browser whoever has asked for
   * it, so it counts only for `GET`, `HEAD` and `OPTIONS` without `Upgrade`, or if `Sec-Fetch-Site` is `same-origin` or `none`,
   * or if `Origin` is one of `allowedOrigins`. Default: `Authorization: Bearer`.
   */
  readonly tokenFrom?:
    | { readonly header: string }
    | { readonly cookie: string; readonly allowedOrigins?: readonly string[] | undefined }
    | undefined
  /**
   * Which headers the guard reads where code of the app has changed them before it: those that were sent (`wire`), or those that
   * handlers see (`request`). With `wire`, a header that was changed names no designation. Default `wire`.
   */
  readonly headersFrom?: 'wire' | 'request' | undefined
  /**
   * Whether a refusal tells a caller whose token is proven what the route demands: resource, operation, labels and anchor.
   * Default `true`.
   */
  readonly disclose?: boolean | undefined
  /**
   * The URL of the OAuth metadata of this service (RFC 9728), for the challenge. With it, the challenge has the scope of the
   * route also for callers without a proven token, unless `disclose` is `false`. Default: none.
   */
  readonly resourceMetadata?: string | undefined
  /**
   * Whether each refusal is one line on stderr, by `console.error`: at most ten in a second, and never the token. Default: where
   * `NODE_ENV` is not `production`, and there is no `onDecision`.
   */
  readonly log?: boolean | undefined
}

/** The options of every adapter: those of a verifier and those of a guard, in one flat object. */
export type HttpGuardOptions<Native = unknown> = VerifierOptions & GuardOptions<Native>
