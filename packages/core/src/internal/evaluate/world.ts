import { isString, type Predicate, type Scope } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/** The origin of the verifier's facts. Every query sees them. */
export const VERIFIER = -1

/** The index of the block that states a fact, or `VERIFIER`. */
export type Origin = number

export interface Fact {
  readonly predicate: Predicate
  readonly origin: Origin
}

interface Bucket {
  readonly all: Fact[]
  /** The facts whose first term is a string, by that string. */
  readonly byFirst: Map<string, Fact[]>
}

/** The facts that queries run on, by predicate name and arity. */
export class World {
  // By name, then by arity. One key made of both would copy and hash kilobytes for each predicate.
  readonly #facts = new Map<string, Map<number, Bucket>>()

  constructor(facts: Iterable<Fact>) {
    for (const fact of facts) {
      const { all, byFirst } = this.#bucket(fact.predicate)
      all.push(fact)
      const [first] = fact.predicate.terms
      if (!isString(first)) continue
      const same = byFirst.get(first.value)
      if (same === undefined) byFirst.set(first.value, [fact])
      else same.push(fact)
    }
  }

  /** Every fact of that name and arity, of any origin. */
  named(name: string, arity: number): readonly Fact[] {
    return this.#facts.get(name)?.get(arity)?.all ?? []
  }

  /**
   * The facts that may match a predicate. If its first term is a string, only facts with that string: a world may have
   * many labels.
   */
  candidates({ name, terms }: Predicate): readonly Fact[] {
    const [first] = terms
    const bucket = this.#facts.get(name)?.get(terms.length)
    return (isString(first) ? bucket?.byFirst.get(first.value) : bucket?.all) ?? []
  }

  #bucket({ name, terms }: Predicate): Bucket {
    const byArity = this.#facts.get(name) ?? new Map<number, Bucket>()
    this.#facts.set(name, byArity)
    const bucket = byArity.get(terms.length) ?? { all: [], byFirst: new Map() }
    byArity.set(terms.length, bucket)
    return bucket
  }
}

/** The facts that the blocks state. */
export function statedFacts(blocks: readonly SignedBlock[]): Fact[] {
  return blocks.flatMap(({ content }, origin) => content.facts.map((predicate) => ({ predicate, origin })))
}

/** A world of only the facts that the token itself states. */
export function statedWorld(blocks: readonly SignedBlock[]): World {
  return new World(statedFacts(blocks))
}

/** The blocks whose facts a query sees, besides the verifier's facts (Biscuit specification, "Scopes"). */
export type Trust = ReadonlySet<Origin>

/**
 * Resolves scopes. A query always sees its own block, and without any scope the authority block as well. `authority`
 * means the authority block, `previous` all earlier blocks, and a public key the blocks that its holder signed.
 */
export function trustOf(scopes: readonly Scope[], current: number, blocks: readonly SignedBlock[]): Trust {
  const trusted = new Set<Origin>([current])
  if (scopes.length === 0) trusted.add(0)
  for (const scope of scopes) {
    for (const index of blocksOf(scope, current, blocks)) trusted.add(index)
  }
  return trusted
}

export function sees(trust: Trust, { origin }: Fact): boolean {
  return origin === VERIFIER || trust.has(origin)
}

function blocksOf(scope: Scope, current: number, blocks: readonly SignedBlock[]): Origin[] {
  const indices = [...blocks.keys()]
  if (scope.type === 'key')
    return indices.filter((index) => blocks[index]?.external?.publicKey.text === scope.publicKey)
  return scope.type === 'authority' ? [0] : indices.slice(0, current)
}
