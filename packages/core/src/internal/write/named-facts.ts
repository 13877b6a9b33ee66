import { ANCHOR, FACET } from '../base/labels.ts'
import { checksOf } from '../evaluate/check.ts'
import { type Fact, statedWorld } from '../evaluate/world.ts'
import { bindingsOf } from '../rules/bindings.ts'
import { designationFacts, textFact } from '../rules/facts.ts'
import { isString } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/**
 * The designations that the checks bind, one value per label: those that a verifier knows itself, and those of a
 * request.
 */
export function namedDesignations(blocks: readonly SignedBlock[]): {
  readonly own: Fact[]
  readonly ofRequest: Fact[]
} {
  const bound = new Map(bindingsOf(blocks, statedWorld(blocks)).map(({ label, value }) => [label, value]))
  const isOwn = (label: string): boolean => label === ANCHOR || label === FACET
  return {
    own: designationFacts([...bound].filter(([label]) => isOwn(label))),
    ofRequest: designationFacts([...bound].filter(([label]) => !isOwn(label))),
  }
}

/** The namespace that older tokens are restricted to. */
export function namedNamespace(blocks: readonly SignedBlock[]): Fact[] {
  const predicates = checksOf(blocks).flatMap(({ check }) => check.queries.flatMap(({ body }) => body))
  const term = predicates.find(({ name, terms }) => name === 'namespace' && terms.length === 1)?.terms[0]
  return isString(term) ? [textFact('namespace', term.value)] : []
}
