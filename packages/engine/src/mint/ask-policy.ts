import { EngineError, type EngineErrorDetails, type MintStep } from '../engine-error.ts'
import type { Grant, PolicyBackend, SubjectPolicy } from '../policy/policy.ts'

/**
 * Asks a policy for a subject.
 *
 * A policy may be of any make. Where it fails, or gives what no policy may give, nothing is known: `unavailable`.
 */
export async function findSubject(
  name: string,
  policy: PolicyBackend,
  step: MintStep,
  details: EngineErrorDetails,
): Promise<SubjectPolicy | undefined> {
  return ask(step, details, async () => {
    const found: unknown = await policy.find(name)
    if (found === undefined || found === null) return undefined
    const { parent, identity, grant } = found as SubjectPolicy
    check('parent', parent === undefined || isText(parent))
    check('identity', isSeconds(identity?.ttl) && typeof identity.delegatable === 'boolean')
    check('grant', typeof grant === 'function')
    return found as SubjectPolicy
  })
}

/** Asks for the grant of a subject, and copies it: a policy that is changed while a mint waits changes nothing of the mint. */
export async function findGrantOf(
  subject: SubjectPolicy,
  { target, operation }: { readonly target: string; readonly operation: string },
  step: MintStep,
  details: EngineErrorDetails,
): Promise<Grant | undefined> {
  return ask(step, details, async () => {
    const found: unknown = await subject.grant(target, operation)
    return found === undefined || found === null ? undefined : copyOf(found as Grant)
  })
}

/** Asks for labels, at once: a promise would have no labels, and so preclude nothing. */
export function askForLabels(
  step: MintStep,
  details: EngineErrorDetails,
  question: () => readonly string[],
): readonly string[] {
  try {
    const labels: unknown = question()
    check('labels', Array.isArray(labels) && labels.every(isText))
    return [...(labels as readonly string[])]
  } catch (cause) {
    throw new EngineError(step, 'unavailable', { ...details, cause })
  }
}

const SUBJECT = Object.freeze({ subject: true as const })

function copyOf({ target, operations, anchor, designations, maxTtl, leftToHolder, attestedBy }: Grant): Grant {
  const forSubject = typeof anchor === 'object' && anchor !== null && anchor.subject === true
  check('anchor', anchor === undefined || isText(anchor) || forSubject)
  check('maxTtl', maxTtl === undefined || isSeconds(maxTtl))
  // A set or an object would hold no pair, and a capability without them is good for every object.
  check('designations', designations instanceof Map)
  const copy = new Map(designations)
  check('designations', [...copy].flat().every(isText))
  // A text would include every part of itself.
  check('leftToHolder', leftToHolder === undefined || (Array.isArray(leftToHolder) && leftToHolder.every(isText)))
  // Anything else would hold no pair, and then nobody must attest.
  check('attestedBy', attestedBy === undefined || attestedBy instanceof Map)
  const attesters = new Map(attestedBy)
  check('attestedBy', [...attesters].flat().every(isText))
  return Object.freeze({
    target,
    operations,
    anchor: forSubject ? SUBJECT : anchor,
    designations: copy,
    maxTtl,
    leftToHolder: leftToHolder && [...leftToHolder],
    attestedBy: attesters,
  })
}

async function ask<Answer>(step: MintStep, details: EngineErrorDetails, run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run()
  } catch (cause) {
    throw new EngineError(step, 'unavailable', { ...details, cause })
  }
}

function check(member: string, isRight: boolean): void {
  if (!isRight) throw new TypeError(`policy: gives a wrong ${member}`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isSeconds(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0
}
