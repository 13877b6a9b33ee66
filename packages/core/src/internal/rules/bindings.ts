import { checksOf, type PlacedCheck, trustOfQuery } from '../evaluate/check.ts'
import type { Origin, World } from '../evaluate/world.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { namesKey } from './attested.ts'
import { type Designation, groundDesignation } from './designation.ts'

/** A designation that a check demands in every case, and the block that demands it. */
export interface Binding extends Designation {
  readonly block: number
  /** Whether the token itself states what the check demands: then the holder of a key that the check names has attested it. */
  readonly attested: boolean
}

/**
 * The designations that a token's checks *bind*: for a request with any other value, the check cannot hold.
 *
 * A `check if` binds a pair that stands, ground, in every one of its queries (an `or` would leave a way around it), where no fact of the
 * token that the query sees is that very pair (the check would satisfy itself). A check that names a key may be satisfied by the
 * token, that is what attesting is, and binds all the same: the request's value is held against its own (`attested.ts`). `check all`,
 * `reject if`, variables and expressions never bind.
 *
 * @param stated - The facts that the token states.
 */
export function bindingsOf(blocks: readonly SignedBlock[], stated: World): Binding[] {
  const origins = new Pairs<Origin[]>()
  for (const { predicate, origin } of stated.named('designation', 2)) {
    const pair = groundDesignation(predicate)
    if (pair === undefined) continue
    const known = origins.get(pair)
    if (known === undefined) origins.set(pair, [origin])
    else known.push(origin)
  }
  return checksOf(blocks).flatMap((placed) => bindingsOfCheck(placed, blocks, origins))
}

/** One pass over the predicates: nothing counts work here, and whoever holds the token chooses how many there are. */
function bindingsOfCheck(placed: PlacedCheck, blocks: readonly SignedBlock[], stated: Pairs<Origin[]>) {
  const { check, block } = placed
  const keyed = namesKey(placed, blocks)
  let bound: Pairs<Binding> | undefined
  for (const query of check.kind === 'one' ? check.queries : []) {
    const trust = trustOfQuery(query, block, blocks)
    const demanded = new Pairs<Binding>()
    for (const pair of query.body.map(groundDesignation)) {
      if (pair === undefined || (bound !== undefined && bound.get(pair) === undefined)) continue
      const attested = stated.get(pair)?.some((origin) => trust.has(origin)) === true
      if (keyed || !attested) demanded.set(pair, { ...pair, block, attested })
    }
    bound = demanded
  }
  return bound?.values() ?? []
}

/** A map by label and value. Not by one text made of both: that would copy and hash kilobytes for each predicate. */
class Pairs<T> {
  readonly #byLabel = new Map<string, Map<string, T>>()

  get({ label, value }: Designation): T | undefined {
    return this.#byLabel.get(label)?.get(value)
  }

  set({ label, value }: Designation, entry: T): void {
    const byValue = this.#byLabel.get(label) ?? new Map<string, T>()
    this.#byLabel.set(label, byValue.set(value, entry))
  }

  values(): T[] {
    return [...this.#byLabel.values()].flatMap((byValue) => [...byValue.values()])
  }
}
