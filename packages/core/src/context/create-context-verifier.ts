import { CapabilityError } from '../internal/base/capability-error.ts'
import { isBelow } from '../internal/base/identity-name.ts'
import { checkOptions, checkString } from '../internal/base/options.ts'
import { admitToken } from '../internal/read/admit-token.ts'
import { describeToken } from '../internal/read/describe-token.ts'
import { judgeToken } from '../internal/read/judge-token.ts'
import { createReader, READER_OPTIONS, type Reader } from '../internal/read/reader.ts'
import type { ReaderOptions } from '../internal/read/reader-options.ts'
import type { VerifiedToken } from '../internal/read/verified-token.ts'
import { textFact } from '../internal/rules/facts.ts'
import { checkLabels, membersOf } from './internal/labels.ts'
import { recordedIn, subjectOf } from './internal/read-context.ts'

/** What a verifier of contexts trusts. */
export type ContextVerifierOptions = ReaderOptions

/** What is asked of one context. */
export interface ContextRequest {
  /** Who presents it, proven by other means: the context's subject, or under it (`agent:alice:worker` for `agent:alice`). Default: anyone. */
  readonly subject?: string | undefined
  /**
   * What the session must not have been exposed to: labels. A compound label is also met by exposure to all of its members.
   * Default: nothing.
   */
  readonly excludes?: readonly string[] | undefined
}

/** A context that has been proven, is alive, not revoked, and has none of the exposures that were excluded. */
export interface VerifiedContext extends VerifiedToken {
  readonly kind: 'context'
  /** Whose session it is. */
  readonly subject: string
  /** What the authority has recorded, each label once. What holders exclude themselves is not among it. */
  readonly exposures: readonly string[]
  /** What exposed the session, as recorded with it. */
  readonly sources: readonly string[]
}

/** Reads context tokens. */
export interface ContextVerifier {
  /**
   * Proves a context, offline: its signatures, that it is a context, alive and not revoked, that it is presented by whom it is for, and
   * that the session was exposed to nothing that is excluded.
   *
   * An older copy, from before an exposure was added, is a valid token: it is not detected here. Whoever adds exposures must remember
   * them.
   *
   * @param token - The context, URL-safe base64, with padding or without.
   * @param request - See {@link ContextRequest}. Default: nothing.
   * @throws `TypeError` that starts with the name of the member of `request` that is unknown or wrong (`excludes[0]` for one label).
   * @throws `CapabilityError`: `exposed` with the `label`, and the `block` and `check` if it is one that says so; `wrong_subject`,
   *   `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`, `unsupported_block`, `wrong_kind`, `expired`, `revoked`,
   *   `unavailable`; and what a check of a holder demands that no context can meet, such as `missing_designation` or `check_failed`.
   */
  verify(token: string, request?: ContextRequest): Promise<VerifiedContext>
}

const REQUEST = { subject: true, excludes: true } satisfies Record<keyof ContextRequest, true>

/**
 * Creates a verifier of context tokens. It holds no state of the tokens that it reads and does no I/O of its own.
 *
 * @param options - `keys` is required.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong.
 *
 * @example
 * ```ts
 * import { createContextVerifier, generateKeyPair, mintContext } from '@writ/core'
 *
 * const { publicKey, privateKey } = await generateKeyPair()
 * const token = await mintContext({ subject: 'agent:alice', exposures: ['pii'], source: 'crm:contacts' }, privateKey)
 * const verifier = createContextVerifier({ keys: publicKey })
 * const context = await verifier.verify(token, { subject: 'agent:alice', excludes: ['untrusted-web'] })
 * console.log(context.exposures) // [ 'pii' ]
 * ```
 */
export function createContextVerifier(options: ContextVerifierOptions): ContextVerifier {
  checkOptions('options', options, READER_OPTIONS)
  const reader = createReader(options)
  return Object.freeze({
    verify: async (token, request = {}) => verifyContext(token, request, reader),
  } satisfies ContextVerifier)
}

async function verifyContext(token: string, request: ContextRequest, reader: Reader): Promise<VerifiedContext> {
  checkOptions('request', request, REQUEST)
  const { subject, excludes = [] } = request
  if (subject !== undefined) checkString('subject', subject)
  const labels = checkLabels('excludes', excludes)
  const proven = await admitToken(token, reader, subjectOf)
  const { token: decoded, root, declared: owner } = proven
  const recorded = recordedIn(decoded.blocks, root)
  if (subject !== undefined && subject !== owner && !isBelow(subject, owner)) {
    throw new CapabilityError('wrong_subject', { block: 0, expected: owner, actual: subject })
  }
  const own = labels.map((label) => textFact('exposure', label))
  judgeToken(proven, reader, { own, relayed: [] }, ['exposure'])
  assertNotExposed(labels, recorded.exposures)
  return describeToken(proven, { kind: 'context' as const, subject: owner, ...recorded })
}

/** What no `reject if` says: exposure to every member of a compound is exposure to the compound. Errors: `exposed`. */
function assertNotExposed(labels: readonly string[], exposures: readonly string[]): void {
  const met = labels.find(
    (label) => exposures.includes(label) || membersOf(label).every((member) => exposures.includes(member)),
  )
  if (met !== undefined) throw new CapabilityError('exposed', { label: met })
}
