import { forkContext, mintContext, parseDuration } from '@writ/core'
import type { ContextRequest, ExposureRequest, ForkRequest } from '../engine.ts'
import { EngineError } from '../engine-error.ts'
import { findSubject } from './ask-policy.ts'
import type { Parts } from './plan.ts'
import { askSessions, describeContext, inSession, recordExposure, verifyContext } from './session.ts'

const DEFAULT_LIFETIME = '1h'
const MAX_LIFETIME_SECONDS = 86_400
/** The source of labels that come from other sessions of the subject. */
const INHERITED = 'inherited'

/** Opens a session. It starts with the labels of every open session that its subject could use. */
export async function runContext(request: ContextRequest, parts: Parts): Promise<string> {
  const { subject, fresh = false } = request
  const wanted = parseDuration('expiresIn', request.expiresIn ?? DEFAULT_LIFETIME)
  const expiresIn = Math.min(wanted, MAX_LIFETIME_SECONDS)
  const { sessions, keys, now } = parts
  await knownSubject(subject, parts)
  if (sessions === undefined) throw new EngineError('context', 'unknown_session', { subject })
  return askSessions({ subject }, () =>
    sessions.open({ subject, fresh }, async (exposures) => {
      const source = exposures.length === 0 ? {} : { source: INHERITED }
      const options = { subject, exposures, ...source, expiresIn, rootKeyId: keys.active.rootKeyId, now }
      const result = await mintContext(options, keys.active.privateKey)
      return { result, exposures: [], context: await describeContext(result, parts) }
    }),
  )
}

/** Mints a context for a child in the same session. It lives no longer than its parent. */
export async function runFork(token: string, { subject, expiresIn }: ForkRequest, parts: Parts): Promise<string> {
  await knownSubject(subject, parts)
  const parent = await verifyContext(token, { subject }, parts)
  const { keys, now } = parts
  return inSession(parent, { subject }, parts, async (exposures) => {
    const exposed = await recordExposure(parent, exposures, INHERITED, { subject }, parts)
    const left = parent.expiresAt - Math.floor(now())
    const shorter = expiresIn !== undefined && parseDuration('expiresIn', expiresIn) < left ? { expiresIn } : {}
    const result = await forkContext(exposed.token, keys.privateKeyOf(parent.rootKeyId), { subject, ...shorter, now })
    return { result, exposures: [], context: await describeContext(result, parts) }
  })
}

/** Records exposures in a session and writes them into its context. */
export async function runExposure(token: string, request: ExposureRequest, parts: Parts): Promise<string> {
  const { exposures: labels, source } = request
  const context = await verifyContext(token, {}, parts)
  return inSession(context, { subject: context.subject }, parts, async (exposures) => {
    const all = [...exposures, ...labels]
    const recorded = await recordExposure(context, all, source, { subject: context.subject }, parts)
    return { result: recorded.token, exposures: labels, context: recorded.context }
  })
}

async function knownSubject(subject: string, { policy }: Parts): Promise<void> {
  const entry = await findSubject(subject, policy, 'subject', { subject })
  if (entry === undefined) throw new EngineError('subject', 'unknown_subject', { subject })
}
