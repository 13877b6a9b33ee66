import { CapabilityError } from '../internal/base/capability-error.ts'
import { isBelow } from '../internal/base/identity-name.ts'
import { checkOptions, checkString } from '../internal/base/options.ts'
import { type Steps, whenDone } from '../internal/base/steps.ts'
import { admitToken } from '../internal/read/admit-token.ts'
import { describeToken } from '../internal/read/describe-token.ts'
import { judgeToken } from '../internal/read/judge-token.ts'
import { createReader, READER_OPTIONS, type Reader } from '../internal/read/reader.ts'
import type { ReaderOptions } from '../internal/read/reader-options.ts'
import type { VerifiedToken } from '../internal/read/verified-token.ts'
import { checkLabels, membersOf } from './internal/labels.ts'
import { declaredOf } from './internal/read-context.ts'

/** The options of a verifier of contexts. */
export type ContextVerifierOptions = ReaderOptions

/** What a request demands of a context. */
export interface ContextRequest {
  /**
   * Who presents the context, as proven by other means. It must be the context's subject or a name below it
   * (`agent:alice:worker` for `agent:alice`). Default: anyone.
   */
  readonly subject?: string | undefined
  /**
   * Labels that the session must not have been exposed to. Exposure to all members of a compound label is exposure to
   * the compound. Default: none.
   */
  readonly excludes?: readonly string[] | undefined
}

/** A context that is proven, unexpired and not revoked, and has none of the excluded exposures. */
export interface VerifiedContext extends VerifiedToken {
  readonly kind: 'context'
  /** The subject of the session. */
  readonly subject: string
  /** The labels that the authority has recorded, each once. Labels that only holders exclude are not among them. */
  readonly exposures: readonly string[]
  /** What exposed the session, as recorded with it. */
  readonly sources: readonly string[]
}

/** Reads context tokens. */
export interface ContextVerifier {
  /**
   * Proves a context offline: its signatures are valid, it is a context, it is neither expired nor revoked, its subject
   * fits, and the session was not exposed to anything that is excluded.
   *
   * A copy from before an exposure was added is still a valid token, and is not detected here. If that matters, store
   * what you have recorded for the session.
   *
   * @param token - The context, URL-safe base64, with or without padding.
   * @param request - See {@link ContextRequest}. Default: no demands.
   * @throws `TypeError` that starts with the name of the member of `request` that is unknown or wrong (`excludes[0]`
   *   for one label).
   * @throws `CapabilityError`: `exposed` with the `label`, and with `block` and `check` if a check refused it;
   *   `wrong_subject`, `malformed_token`, `limits_exceeded`, `untrusted_key`, `invalid_signature`, `unsupported_block`,
   *   `wrong_kind`, `expired`, `revoked`, `unavailable`; and the code of a holder's check that no context can satisfy,
   *   such as `missing_designation` or `check_failed`.
   */
  verify(token: string, request?: ContextRequest): Promise<VerifiedContext>
}

const REQUEST = { subject: true, excludes: true } satisfies Record<keyof ContextRequest, true>

/**
 * Creates a verifier of context tokens. It does no I/O of its own. It remembers tokens that it has proven, see `cache`.
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
    verify: async (token, request = {}) => whenDone(verifyContext(token, request, reader)),
  } satisfies ContextVerifier)
}

function* verifyContext(token: string, request: ContextRequest, reader: Reader): Steps<VerifiedContext> {
  checkOptions('request', request, REQUEST)
  const { subject, excludes = [] } = request
  if (subject !== undefined) checkString('subject', subject)
  const labels = checkLabels('excludes', excludes)
  const proven = yield* admitToken(token, reader, declaredOf)
  const { subject: owner } = proven.declared
  const recorded = proven.declared.recorded()
  if (subject !== undefined && subject !== owner && !isBelow(subject, owner)) {
    throw new CapabilityError('wrong_subject', { block: 0, expected: owner, actual: subject })
  }
  judgeToken(proven, reader, { exposures: labels }, ['exposure'])
  assertNotExposed(labels, recorded.exposures)
  return describeToken(proven, { kind: 'context' as const, subject: owner, ...recorded })
}

/**
 * Refuses a session that was exposed to a label. Exposure to every member of a compound counts as well, which no
 * `reject if` covers.
 *
 * @throws `CapabilityError`: `exposed`.
 */
function assertNotExposed(labels: readonly string[], exposures: readonly string[]): void {
  const met = labels.find(
    (label) => exposures.includes(label) || membersOf(label).every((member) => exposures.includes(member)),
  )
  if (met !== undefined) throw new CapabilityError('exposed', { label: met })
}
