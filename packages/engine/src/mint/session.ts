import { addExposure, CapabilityError, type VerifiedContext } from '@writ/core'
import { EngineError, type EngineErrorDetails } from '../engine-error.ts'
import type { SessionContext, SessionOutcome } from '../sessions/sessions.ts'
import type { Asked, Parts } from './plan.ts'

/** Who asks, and for what, as far as that is known. */
export type Asking = Partial<Pick<Asked, 'subject' | 'target' | 'operation'>>

/** Proves a context. Its subject must be the one who asks, or a name above. */
export async function verifyContext(token: string, asking: Asking, parts: Parts): Promise<VerifiedContext> {
  const details = describe(asking)
  if (parts.sessions === undefined) throw new EngineError('context', 'unknown_session', details)
  try {
    return await parts.keys.contexts.verify(token, { subject: asking.subject })
  } catch (cause) {
    throw asEngineError(cause, details)
  }
}

/**
 * Runs an act in the session of a context.
 *
 * @param act - Receives the labels of the context and of the record together.
 */
export function inSession<Result>(
  context: VerifiedContext,
  asking: Asking,
  { sessions }: Parts,
  act: (exposures: readonly string[]) => Promise<SessionOutcome<Result>>,
): Promise<Result> {
  const details = describe(asking)
  if (sessions === undefined) throw new EngineError('context', 'unknown_session', details)
  return askSessions(details, () =>
    sessions.within(idOf(context), (session) => {
      if (session === undefined) throw new EngineError('context', 'unknown_session', details)
      // A text would be taken letter by letter, and none of them precludes anything.
      if (!Array.isArray(session.exposures)) throw new EngineError('context', 'unavailable', details)
      return act([...new Set([...session.exposures, ...context.exposures])])
    }),
  )
}

/** Asks the record of sessions, which may be of any make. Where it fails, nothing is known of the session: `unavailable`. */
export async function askSessions<Result>(
  details: EngineErrorDetails,
  question: () => Promise<Result>,
): Promise<Result> {
  try {
    return await question()
  } catch (cause) {
    // A `TypeError` is about a request that is wrong in itself.
    if (cause instanceof EngineError || cause instanceof TypeError) throw cause
    throw new EngineError('context', 'unavailable', { ...details, cause })
  }
}

/** Writes labels into a context. Those that it has already cost nothing. */
export async function recordExposure(
  context: VerifiedContext,
  labels: readonly string[],
  source: string,
  asking: Asking,
  parts: Parts,
): Promise<{ readonly token: string; readonly context: SessionContext }> {
  const { token, expiresAt } = context
  const missing = labels.filter((label) => !context.exposures.includes(label))
  if (missing.length === 0) return { token, context: { id: idOf(context), expiresAt } }
  try {
    const options = { exposures: missing, source, now: parts.now }
    const exposed = await addExposure(token, parts.keys.privateKeyOf(context.rootKeyId), options)
    return { token: exposed, context: await describeContext(exposed, parts) }
  } catch (cause) {
    throw asEngineError(cause, describe(asking))
  }
}

/** How sessions know a context that this engine has just written. */
export async function describeContext(token: string, { keys }: Parts): Promise<SessionContext> {
  const context = await keys.ownContexts.verify(token)
  return { id: idOf(context), expiresAt: context.expiresAt }
}

function idOf({ revocationIds: [id] }: VerifiedContext): string {
  return id as string
}

function asEngineError(cause: unknown, details: EngineErrorDetails): unknown {
  if (!(cause instanceof CapabilityError)) return cause
  return new EngineError('context', cause.code === 'unavailable' ? 'unavailable' : 'wrong_context', {
    ...details,
    cause,
  })
}

function describe({ subject, target, operation }: Asking): EngineErrorDetails {
  return { subject, target, operation }
}
