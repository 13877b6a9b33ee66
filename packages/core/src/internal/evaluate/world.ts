import type { Predicate, Scope } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'

/** The verifier's own facts; every query sees them. */
export const VERIFIER = -1

/** The index of the block that states it, or `VERIFIER`. */
export type Origin = number

export interface Fact {
  readonly predicate: Predicate
  readonly origin: Origin
}

/** Facts by predicate name and arity. */
export class World {
  readonly #facts = new Map<string, Fact[]>()

  constructor(facts: Iterable<Fact>) {
    for (const fact of facts) this.#bucket(fact.predicate).push(fact)
  }

  /** Every fact of that name and arity, whoever states it. */
  named(name: string, arity: number): readonly Fact[] {
    return this.#facts.get(key(name, arity)) ?? []
  }

  #bucket({ name, terms }: Predicate): Fact[] {
    const bucket = this.#facts.get(key(name, terms.length)) ?? []
    this.#facts.set(key(name, terms.length), bucket)
    return bucket
  }
}

function key(name: string, arity: number): string {
  return `${arity} ${name}`
}

/** Which blocks' facts a query sees, besides the verifier's (Biscuit specification, "Scopes"). */
export type Trust = ReadonlySet<Origin>

/**
 * Resolves scopes: the query's own, else its block's, else the default. A query always sees its own block; by default the authority
 * block as well; `previous` means all blocks before, a public key the blocks that its holder signed.
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
