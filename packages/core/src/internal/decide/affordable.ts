import type { Limits } from '../../limits.ts'
import { checksOf } from '../evaluate/check.ts'
import type { Fact } from '../evaluate/world.ts'
import { segmentsOf } from '../identity-name.ts'
import { statedWorld } from '../read-token.ts'
import { isString } from '../token/datalog.ts'
import type { SignedBlock, Token } from '../token/decode-token.ts'
import { spendOnChecks } from './assert-checks.ts'
import { bindingsOf } from './bindings.ts'
import { ANCHOR, FACET } from './designation.ts'
import { type Assertions, designationFacts, integerFact, textFact, timeFact } from './facts.ts'
import { kindOf, rightsOf, subjectOf } from './kind.ts'
import { nameBoundsOf } from './name-bounds.ts'

/**
 * Refuses a token whose checks take more steps than a verifier has, even if it is asked for exactly what the token names: long
 * names in many blocks are written once and compared again and again. All checks count, also those that nobody has satisfied
 * yet.
 *
 * Errors: `limits_exceeded`; `unsupported_block` for an identity with a check about names that nobody reads.
 */
export function assertAffordable({ blocks }: Token, limits: Limits): void {
  for (const assertions of requestsNamedBy(blocks)) spendOnChecks(blocks, assertions, limits)
}

/** What a verifier asserts when it is asked for exactly what a token names; once for each right that it has. */
function requestsNamedBy(blocks: readonly SignedBlock[]): Assertions[] {
  const authority = blocks[0] as SignedBlock
  const time = timeFact(0)
  const { own, ofRequest } = designationsOf(blocks)
  switch (kindOf(authority)) {
    case 'capability':
      return rightsOf(authority).map(({ subject, resource, operation }) => ({
        known: [time, textFact('resource', resource), textFact('operation', operation), ...own],
        offered: [textFact('subject', subject), ...namespaceOf(blocks), ...ofRequest],
      }))
    case 'identity': {
      const name = nameBoundsOf(blocks, subjectOf(authority, 'identity')).candidate
      const aboutName = [textFact('actor', name), integerFact('actor_depth', segmentsOf(name))]
      return [{ known: [time, ...own], offered: [...aboutName, ...namespaceOf(blocks)] }]
    }
    case 'context':
      return [{ known: [time], offered: [] }]
    default:
      return []
  }
}

/** The designations that the checks bind, one value a label: those that a verifier knows itself, and those of a request. */
function designationsOf(blocks: readonly SignedBlock[]): { readonly own: Fact[]; readonly ofRequest: Fact[] } {
  const bound = new Map(bindingsOf(blocks, statedWorld(blocks)).map(({ label, value }) => [label, value]))
  const isOwn = (label: string): boolean => label === ANCHOR || label === FACET
  return {
    own: designationFacts([...bound].filter(([label]) => isOwn(label))),
    ofRequest: designationFacts([...bound].filter(([label]) => !isOwn(label))),
  }
}

/** The namespace that older tokens are restricted to. */
function namespaceOf(blocks: readonly SignedBlock[]): Fact[] {
  const predicates = checksOf(blocks).flatMap(({ check }) => check.queries.flatMap(({ body }) => body))
  const term = predicates.find(({ name, terms }) => name === 'namespace' && terms.length === 1)?.terms[0]
  return isString(term) ? [textFact('namespace', term.value)] : []
}
