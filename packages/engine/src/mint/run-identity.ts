import { mintIdentity, parseDuration } from '@writ/core'
import type { IdentityRequest } from '../engine.ts'
import { EngineError } from '../engine-error.ts'
import { findSubject } from './ask-policy.ts'
import type { Parts } from './plan.ts'

/** Mints an identity of a known subject, as long and as delegatable as the policy allows. */
export async function runIdentity({ subject, delegatable, expiresIn }: IdentityRequest, parts: Parts): Promise<string> {
  const entry = await findSubject(subject, parts.policy, 'subject', { subject })
  if (entry === undefined) throw new EngineError('subject', 'unknown_subject', { subject })
  const { ttl, delegatable: allowed } = entry.identity
  if (delegatable === true && !allowed) throw new EngineError('policy', 'not_delegatable', { subject })
  const { privateKey, rootKeyId } = parts.keys.active
  const lifetime = expiresIn === undefined ? ttl : Math.min(ttl, parseDuration('expiresIn', expiresIn))
  const options = { subject, delegatable: delegatable ?? allowed, expiresIn: lifetime, rootKeyId, now: parts.now }
  return mintIdentity(options, privateKey)
}
