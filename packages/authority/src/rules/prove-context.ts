import { CapabilityError, type VerifiedContext } from '@writ/core'
import { EngineError } from '@writ/engine'
import type { Rules } from './rules.ts'

/**
 * Proves a context for a subject: it must be that of the context, or a name below it.
 *
 * @throws `EngineError` `wrong_context`, as the engine does, and `unavailable`.
 */
export async function proveContext(rules: Rules, token: string, subject: string): Promise<VerifiedContext> {
  try {
    return await rules.contexts.verify(token, { subject })
  } catch (cause) {
    if (!(cause instanceof CapabilityError)) throw cause
    const code = cause.code === 'unavailable' ? 'unavailable' : 'wrong_context'
    throw new EngineError('context', code, { subject, cause })
  }
}
