import type { Term } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { type Fact, statedFacts, VERIFIER, World } from './world.ts'

/** The facts of a token, those that a verifier asserts, and what the token's rule derives from both. */
export function worldOf(blocks: readonly SignedBlock[], asserted: readonly Fact[]): World {
  const facts = [...statedFacts(blocks), ...asserted]
  return new World(hasRules(blocks) ? [...facts, ...derivedFacts(new World(facts))] : facts)
}

/** Whether facts may be derived, so that what a verifier asserts may lead to facts of another name. */
export function hasRules([authority]: readonly SignedBlock[]): boolean {
  return authority !== undefined && authority.content.rules.length > 0
}

/** The facts of the one rule of the profile, `subject($d, $s) <- namespace($d), subject($s)`, in the authority block. */
function derivedFacts(world: World): Fact[] {
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
