import { EngineError } from '../engine-error.ts'
import { type Asked, detailsOf, type Granted, type Parts } from './plan.ts'

/** Steps `subject`, `target` and `policy`: the grant that the policy gives for what was asked. */
export async function findGrant(asked: Asked, { policy, schema }: Parts): Promise<Granted> {
  const details = detailsOf(asked)
  const entry = await policy.find(asked.subject)
  if (entry === undefined) throw new EngineError('subject', 'unknown_subject', details)
  if (schema !== undefined && schema.labels(asked.target, asked.operation) === undefined) {
    throw new EngineError('target', 'unknown_target', details)
  }
  const grant = await entry.grant(asked.target, asked.operation)
  if (grant === undefined) throw new EngineError('policy', 'not_granted', details)
  return { entry, grant }
}
