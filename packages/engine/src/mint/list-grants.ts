import type { Grant, PolicyBackend } from '../policy/policy.ts'
import { findSubject } from './ask-policy.ts'
import { grantsAbove } from './grants-above.ts'

/** The grants of a subject, each with the operations that all of its ancestors hold too. */
export async function grantsOf(subject: string, policy: PolicyBackend): Promise<readonly Grant[]> {
  const entry = await findSubject(subject, policy, 'subject', { subject })
  if (entry === undefined) return []
  const granted: Grant[] = []
  for (const grant of await entry.grants()) {
    const operations: string[] = []
    for (const operation of grant.operations) {
      const isFirst = (await entry.grant(grant.target, operation)) === grant
      if (isFirst && (await isHeldAbove(entry.parent, grant.target, operation, policy))) operations.push(operation)
    }
    if (operations.length > 0) granted.push(Object.freeze({ ...grant, operations: Object.freeze(operations) }))
  }
  return granted
}

/** The declared subjects that hold an operation on a target, and whose ancestors all hold it too. */
export async function holdersOf(target: string, operation: string, policy: PolicyBackend): Promise<readonly string[]> {
  const holders: string[] = []
  for (const subject of await policy.holders(target, operation)) {
    const entry = await findSubject(subject, policy, 'subject', { subject })
    if (entry !== undefined && (await isHeldAbove(entry.parent, target, operation, policy))) holders.push(subject)
  }
  return holders
}

async function isHeldAbove(
  parent: string | undefined,
  target: string,
  operation: string,
  policy: PolicyBackend,
): Promise<boolean> {
  const right = { target, operation }
  for await (const { grant } of grantsAbove(parent, right, policy, right)) if (grant === undefined) return false
  return true
}
