import type { EngineErrorDetails } from '../engine-error.ts'
import type { Grant, PolicyBackend } from '../policy/policy.ts'
import { findGrantOf, findSubject } from './ask-policy.ts'

/** A policy of another kind might have a circle of parents. */
const MAX_ANCESTORS = 64

/** An ancestor, with what it holds of a right: `undefined` if it does not hold it. */
export interface Ancestor {
  readonly name: string
  readonly grant: Grant | undefined
}

/** Goes from a parent to the root, the nearest first. The first ancestor that does not hold the right is the last one. */
export async function* grantsAbove(
  parent: string | undefined,
  right: { readonly target: string; readonly operation: string },
  policy: PolicyBackend,
  details: EngineErrorDetails,
): AsyncGenerator<Ancestor> {
  let name = parent
  for (let depth = 0; name !== undefined; depth++) {
    const asked = { ...details, ancestor: name }
    const entry = depth < MAX_ANCESTORS ? await findSubject(name, policy, 'chain', asked) : undefined
    const grant = entry && (await findGrantOf(entry, right, 'chain', asked))
    yield { name, grant }
    if (grant === undefined) return
    name = entry?.parent
  }
}
