import { ANCHOR, FACET } from '../base/labels.ts'
import type { Assertions } from '../evaluate/assertions.ts'
import { checksOf } from '../evaluate/check.ts'
import type { CompiledToken } from '../rules/compile-token.ts'
import { isString } from '../token/datalog.ts'

/**
 * The designations that the checks bind, one value per label: those that a verifier knows itself, and those of a
 * request.
 */
export function namedDesignations({ bindings }: CompiledToken): Pick<Assertions, 'anchor' | 'facet' | 'designations'> {
  const designations = new Map(bindings.map(({ label, value }) => [label, value]))
  const [anchor, facet] = [designations.get(ANCHOR), designations.get(FACET)]
  designations.delete(ANCHOR)
  designations.delete(FACET)
  return { anchor, facet, designations }
}

/** The namespace that older tokens are restricted to. */
export function namedNamespace({ blocks }: CompiledToken): string | undefined {
  for (const { check } of checksOf(blocks)) {
    for (const { body } of check.queries) {
      const found = body.find(({ name, terms }) => name === 'namespace' && terms.length === 1)
      if (found !== undefined) return isString(found.terms[0]) ? found.terms[0].value : undefined
    }
  }
  return undefined
}
