import { printable } from './printable.ts'

const CODES = [
  'missing_token',
  'malformed_token',
  'untrusted_key',
  'invalid_signature',
  'limits_exceeded',
  'unsupported_block',
  'wrong_kind',
  'expired',
  'revoked',
  'wrong_resource',
  'wrong_operation',
  'wrong_subject',
  'wrong_designation',
  'missing_designation',
  'source_empty',
  'source_missing',
  'undesignated',
  'wrong_anchor',
  'not_activated',
  'already_used',
  'exposed',
  'check_failed',
  'cross_site',
  'unguarded',
  'unavailable',
] as const

/**
 * All codes of {@link CapabilityError}, for tables that must be complete: alerts, translations, dashboards.
 *
 * @example
 * ```ts
 * import { ERROR_CODES } from '@writ/core'
 *
 * const refusals = new Map(ERROR_CODES.map((code) => [code, 0]))
 * console.log(refusals.get('expired')) // 0
 * ```
 */
export const ERROR_CODES: typeof CODES = /* @__PURE__ */ Object.freeze(CODES)

/** Why a token was refused. `docs/errors.md` explains every code, and what to do about it. */
export type CapabilityErrorCode = (typeof CODES)[number]

/** What an operator may want to know about a refusal; never sent to the caller. */
export interface CapabilityErrorDetails {
  /** The label that decided, of a designation or an exposure; of `limits_exceeded` the limit. */
  readonly label?: string | undefined
  /** The value that the token demands. */
  readonly expected?: string | undefined
  /** The value that the request held. */
  readonly actual?: string | undefined
  /** Index of the block that decided; 0 is the authority block. */
  readonly block?: number | undefined
  /** Index of the failing check within its block. */
  readonly check?: number | undefined
  /** Whether every signature of the token had been proven. Default `true`. */
  readonly proven?: boolean | undefined
  /** The error underneath, when there is one. */
  readonly cause?: unknown
}

/** One fixed sentence per code: a message built from a token could carry anything into a log. */
const MESSAGES: Readonly<Record<CapabilityErrorCode, string>> = {
  missing_token: 'no capability token was presented',
  malformed_token: 'the token is not well formed',
  untrusted_key: 'the token names a root key that this verifier does not hold',
  invalid_signature: 'a signature of the token does not verify',
  expired: 'the token has expired',
  revoked: 'the token, or one that it was narrowed from, is revoked',
  wrong_resource: 'the token is for another resource',
  wrong_operation: 'the token is for another operation',
  wrong_subject: 'the token was issued to another subject',
  wrong_designation: 'the token names another object',
  missing_designation: 'the token demands a designation that was not supplied',
  source_empty: 'the request leaves empty what the route reads a designation from',
  source_missing: 'the route reads a designation from where no request can supply it',
  undesignated: 'the token does not name the object that is asked for',
  wrong_anchor: 'the token may not be used at this service',
  not_activated: 'the token was not activated by its activator',
  already_used: 'the token was already used',
  exposed: 'the session was exposed to what this excludes',
  wrong_kind: 'the token is of another kind',
  check_failed: 'a check of the token is not satisfied',
  unsupported_block: 'the token holds statements outside the supported profile',
  limits_exceeded: 'the token exceeds a limit of this verifier',
  cross_site: 'the token came in a cookie that another site may have sent',
  unguarded: 'the route is not guarded',
  unavailable: 'the decision could not be made',
}

/**
 * A token, or what it was presented for, is refused; `code` says why and never changes its meaning.
 *
 * The message is one fixed sentence per code. `label`, `expected` and `actual` are for operators: they are made printable (no
 * control characters, at most 128 characters) and are not part of `toJSON()`.
 *
 * @example
 * ```ts
 * import { CapabilityError, createVerifier, generateKeyPair } from '@writ/core'
 *
 * const { publicKey } = await generateKeyPair()
 * try {
 *   await createVerifier({ keys: publicKey, anchor: null }).verify('nonsense', { resource: 'invoices', operation: 'read' })
 * } catch (error) {
 *   if (error instanceof CapabilityError) console.log(error.code) // malformed_token
 * }
 * ```
 */
export class CapabilityError extends Error {
  override readonly name: string = 'CapabilityError'
  /** The true reason, for operators. */
  readonly code: CapabilityErrorCode
  /** What a caller may be told: until every signature is proven, only that the token is malformed or not signed by us. */
  readonly publicCode: CapabilityErrorCode
  readonly label: string | undefined
  readonly expected: string | undefined
  readonly actual: string | undefined
  readonly block: number | undefined
  readonly check: number | undefined

  constructor(code: CapabilityErrorCode, details: CapabilityErrorDetails = {}) {
    super(MESSAGES[code], details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.publicCode = details.proven === false ? unprovenCode(code) : code
    this.label = printable(details.label)
    this.expected = printable(details.expected)
    this.actual = printable(details.actual)
    this.block = details.block
    this.check = details.check
  }

  /** The code alone: no stack, no cause, no values. */
  toJSON(): { name: string; code: CapabilityErrorCode } {
    return { name: this.name, code: this.publicCode }
  }
}

function unprovenCode(code: CapabilityErrorCode): CapabilityErrorCode {
  if (code === 'untrusted_key' || code === 'invalid_signature') return 'invalid_signature'
  if (code === 'unavailable' || code === 'missing_token') return code
  return 'malformed_token'
}
