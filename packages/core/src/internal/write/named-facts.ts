import { ANCHOR, FACET } from '../base/labels.ts'
import type { Assertions } from '../evaluate/assertions.ts'
import { checksOf } from '../evaluate/check.ts'
import { statedWorld } from '../evaluate/world.ts'
import { bindingsOf } from '../rules/bindings.ts'
import { isString } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/**
 * The designations that the checks bind, one value per label: those that a verifier knows itself, and those of a
 * request.
 */
export function namedDesignations(
  blocks: readonly SignedBlock[],
): Pick<Assertions, 'anchor' | 'facet' | 'designations'> {
  const designations = new Map(bindingsOf(blocks, statedWorld(blocks)).map(({ label, value }) => [label, value]))
  const [anchor, facet] = [designations.get(ANCHOR), designations.get(FACET)]
  designations.delete(ANCHOR)
  designations.delete(FACET)
  return { anchor, facet, designations }
}

/** The namespace that older tokens are restricted to. */
export function namedNamespace(blocks: readonly SignedBlock[]): string | undefined {
  const predicates = checksOf(blocks).flatMap(({ check }) => check.queries.flatMap(({ body }) => body))
  const term = predicates.find(({ name, terms }) => name === 'namespace' && terms.length === 1)?.terms[0]
  return isString(term) ? term.value : undefined
}
