import type { CapabilityError, CapabilityErrorCode, VerifiedCapability, VerifierOptions } from '@writ/core/verify'
import type { Refusal, RefusalResponse } from './refusal.ts'
import type { RequestView } from './request-view.ts'
import type { FrozenRequirement } from './requirement.ts'

/** What a guard decided about one request, for logs and metrics. The values in it are for operators: keep them from callers. */
export interface Decision {
  /** Whether the requirement was met. */
  readonly allowed: boolean
  /** `false` in report mode: the request continues, whatever was decided. */
  readonly enforced: boolean
  /** The true reason of a refusal. */
  readonly code?: CapabilityErrorCode
  /** The requirement that was met; of several, none met, the one that got furthest. */
  readonly requirement: FrozenRequirement
  /** The operation that was asked for: that of the requirement, else by the method. */
  readonly operation: string
  /** The capability, when one was proven, even if it did not meet the requirement. */
  readonly capability?: VerifiedCapability
  /** Milliseconds from the guard's start to this decision. */
  readonly durationMs: number
  /** The designation that decided. */
  readonly label?: string
  /** What the token demands for it. */
  readonly expected?: string
  /** What the request held for it. */
  readonly actual?: string
  /** The error of a refusal, with its `cause`. */
  readonly error?: CapabilityError
}

/** How a guard treats requests; each adapter takes these and the options of a verifier in one flat object. */
export interface GuardOptions<Native = unknown> {
  /** The `realm` of the challenge: printable ASCII without `"` and `\`. Default `writ`. */
  readonly realm?: string | undefined
  /**
   * `report`: every request continues, and `onDecision` learns what would have been refused. The capability is attached if it was
   * proven. Default `enforce`.
   */
  readonly mode?: 'enforce' | 'report' | undefined
  /** Called after each decision and awaited; where decisions are enforced, its failure is `unavailable`. */
  readonly onDecision?:
    | ((decision: Decision, context: { readonly request: RequestView; readonly native: Native }) => unknown)
    | undefined
  /**
   * Called before the guard answers a refusal, and awaited: what it returns replaces the body, adds headers, or changes the status
   * to another of 400 to 599. Its failure is `unavailable`. Not called unless `refuse` is `answer`.
   */
  readonly onRefusal?:
    | ((refusal: Refusal, native: Native) => RefusalResponse | undefined | Promise<RefusalResponse | undefined>)
    | undefined
  /** Who answers a refusal: the guard (`answer`), or the framework's error handling, given a `RefusalError`. Default `answer`. */
  readonly refuse?: 'answer' | 'error' | undefined
  /**
   * Answer 401 `invalid_token` instead of 403 to tokens that are unproven, expired or revoked, for clients that renew on 401
   * (RFC 6750 section 3.1). Default `false`.
   */
  readonly rfc6750?: boolean | undefined
  /** Seconds that a client of a 503 is asked to wait, at least 1. Default 5. */
  readonly retryAfter?: number | undefined
  /** A header that holds the token alone, instead of `Authorization: Bearer`. */
  readonly tokenFrom?: { readonly header: string } | undefined
}

/** What every adapter takes: the options of a verifier and those of a guard, in one flat object. */
export type HttpGuardOptions<Native = unknown> = VerifierOptions & GuardOptions<Native>
