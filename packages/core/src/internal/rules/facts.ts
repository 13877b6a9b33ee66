import { type Fact, VERIFIER, type World } from '../evaluate/world.ts'
import type { Term } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/** The facts that a verifier asserts. They satisfy every check, also one that says `trusting {publicKey}`. */
export interface Assertions {
  /**
   * Facts that the verifier knows itself: the time, the right that is asked for, its anchor, a facet that its ledger
   * holds.
   */
  readonly own: readonly Fact[]
  /** Facts taken from the request or from configuration. Checks that name a key must also hold without them. */
  readonly relayed: readonly Fact[]
}

/**
 * The facts of the one rule of the profile, `subject($d, $s) <- namespace($d), subject($s)`, if the authority block has
 * it.
 */
export function derivedFacts([authority]: readonly SignedBlock[], world: World): Fact[] {
  if (authority === undefined || authority.content.rules.length === 0) return []
  const visible = (name: string) => world.named(name, 1).filter(({ origin }) => origin === VERIFIER || origin === 0)
  return visible('namespace').flatMap(({ predicate: { terms: domain } }) =>
    visible('subject').map(({ predicate: { terms: subject } }) => ({
      predicate: { name: 'subject', terms: [...domain, ...subject] },
      origin: 0,
    })),
  )
}

/** `time({seconds})`, in whole Unix seconds, less the tolerance. */
export function timeFact(seconds: number): Fact {
  return integerFact('time', seconds)
}

/** `name({value})`. */
export function integerFact(name: string, value: number): Fact {
  return { predicate: { name, terms: [{ type: 'integer', value: BigInt(value) }] }, origin: VERIFIER }
}

/** `name({value}, ...)`. */
export function textFact(name: string, ...values: readonly string[]): Fact {
  return { predicate: { name, terms: values.map((value): Term => ({ type: 'string', value })) }, origin: VERIFIER }
}

/** `designation({label}, {value})` for each. */
export function designationFacts(designations: Iterable<readonly [label: string, value: string]>): Fact[] {
  return [...designations].map((pair) => textFact('designation', ...pair))
}
