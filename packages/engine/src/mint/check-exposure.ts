import { EngineError } from '../engine-error.ts'
import { askForLabels } from './ask-policy.ts'
import { type Asked, detailsOf, type Parts } from './plan.ts'

/**
 * Steps `context` and `exposure`: refuses if the target demands a session and there is none, or if the session was exposed to
 * what precludes the target.
 *
 * @param exposures - The labels of the session; `undefined` if no context was presented.
 */
export function checkExposure(exposures: readonly string[] | undefined, asked: Asked, { policy, schema }: Parts): void {
  if (exposures === undefined) {
    if (schema?.demandsContext(asked.target)) throw new EngineError('context', 'context_required', detailsOf(asked))
    return
  }
  const labels = askForLabels('exposure', detailsOf(asked), () => policy.precluding(asked.target, exposures))
  if (labels.length > 0) throw new EngineError('exposure', 'exposed', { ...detailsOf(asked), labels })
}
