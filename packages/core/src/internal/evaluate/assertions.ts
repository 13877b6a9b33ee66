import { ANCHOR, FACET } from '../base/labels.ts'
import type { Predicate } from '../token/datalog.ts'
import { designationFacts, integerFact, textFact, timeFact } from './facts.ts'
import type { Fact } from './world.ts'

/** What the verifier knows itself. */
interface Own {
  /** Whole Unix seconds, less the tolerance. */
  readonly time: number
  /** The right that is asked for. */
  readonly resource?: string | undefined
  readonly operation?: string | undefined
  /** The verifier's own name, and the pin that its ledger holds: both are asserted as designations. */
  readonly anchor?: string | undefined
  readonly facet?: string | undefined
  /** The labels that a context must not have been exposed to. */
  readonly exposures?: readonly string[] | undefined
}

/**
 * All that a verifier ever asserts. It satisfies every check, also one that says `trusting {publicKey}`. What is not
 * here, such as an `activation`, only the token itself can state.
 */
export interface Assertions extends Own {
  /**
   * The rest is taken from the request or from configuration. Checks that name a key must also hold without it.
   *
   * The labels `anchor` and `facet` are reserved for the members of that name.
   */
  readonly designations?: ReadonlyMap<string, string> | undefined
  readonly subject?: string | undefined
  readonly namespace?: string | undefined
  readonly actor?: string | undefined
  readonly actorDepth?: number | undefined
}

/** A predicate that a verifier asserts. Members of a token are looked up here, never in an object. */
interface Asserted {
  readonly arity: number
  /** Its member, if that is one string. */
  readonly text?: 'resource' | 'operation' | 'subject' | 'namespace' | 'actor'
  facts(assertions: Assertions): readonly Fact[]
}

const ASSERTED: ReadonlyMap<string, Asserted> = new Map<string, Asserted>([
  ['time', { arity: 1, facts: ({ time }) => [timeFact(time)] }],
  ['designation', { arity: 2, facts: (assertions) => designationFacts(designationsOf(assertions)) }],
  ['exposure', { arity: 1, facts: ({ exposures = [] }) => exposures.map((label) => textFact('exposure', label)) }],
  ['actor_depth', { arity: 1, facts: ({ actorDepth: n }) => (n === undefined ? [] : [integerFact('actor_depth', n)]) }],
  ...(['resource', 'operation', 'subject', 'namespace', 'actor'] as const).map((name): [string, Asserted] => [
    name,
    { arity: 1, text: name, facts: ({ [name]: value }) => (value === undefined ? [] : [textFact(name, value)]) },
  ]),
])

/** What a verifier may assert of a predicate of that name and arity; `undefined` if it never asserts any. */
export function assertedAs({ name, terms }: Predicate): Asserted | undefined {
  const asserted = ASSERTED.get(name)
  return asserted?.arity === terms.length ? asserted : undefined
}

/** All asserted facts. */
export function assertedFacts(assertions: Assertions): readonly Fact[] {
  return [...ASSERTED.values()].flatMap(({ facts }) => facts(assertions))
}

/** What is left without that which the verifier only relays. */
export function withoutRelayed({ time, resource, operation, anchor, facet, exposures }: Assertions): Assertions {
  return { time, resource, operation, anchor, facet, exposures }
}

/** The asserted designations: one value per label. */
export function designationsOf({ anchor, facet, designations = NONE }: Assertions): ReadonlyMap<string, string> {
  const all = new Map<string, string>()
  if (anchor !== undefined) all.set(ANCHOR, anchor)
  if (facet !== undefined) all.set(FACET, facet)
  for (const [label, value] of designations) all.set(label, value)
  return all
}

/** The value that `designationsOf` has for a label. */
export function designationOf(label: string, { anchor, facet, designations }: Assertions): string | undefined {
  return designations?.get(label) ?? (label === ANCHOR ? anchor : label === FACET ? facet : undefined)
}

const NONE: ReadonlyMap<string, string> = new Map()
