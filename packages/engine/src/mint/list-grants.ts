import type { Grant, PolicyBackend } from '../policy/policy.ts'
import { findGrantOf, findSubject } from './ask-policy.ts'

const MAX_ANCESTORS = 64

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
  let name = parent
  for (let depth = 0; name !== undefined; depth++) {
    const details = { target, operation, ancestor: name }
    const entry = depth < MAX_ANCESTORS ? await findSubject(name, policy, 'chain', details) : undefined
    const grant = entry && (await findGrantOf(entry, { target, operation }, 'chain', details))
    if (entry === undefined || grant === undefined) return false
    name = entry.parent
  }
  return true
}
