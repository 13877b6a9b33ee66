import { EngineError } from '../engine-error.ts'
import { findGrantOf, findSubject } from './ask-policy.ts'
import { type Asked, detailsOf, type Granted, type Parts } from './plan.ts'

/** Steps `subject`, `target` and `policy`: the grant that the policy gives for what was asked. */
export async function findGrant(asked: Asked, { policy, schema }: Parts): Promise<Granted> {
  const details = detailsOf(asked)
  const entry = await findSubject(asked.subject, policy, 'subject', details)
  if (entry === undefined) throw new EngineError('subject', 'unknown_subject', details)
  if (schema !== undefined && schema.labels(asked.target, asked.operation) === undefined) {
    throw new EngineError('target', 'unknown_target', details)
  }
  const grant = await findGrantOf(entry, asked, 'policy', details)
  if (grant === undefined) throw new EngineError('policy', 'not_granted', details)
  return { entry, grant }
}
