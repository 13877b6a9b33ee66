import { checksOf, namesKey, type PlacedCheck, trustOfQuery } from '../evaluate/check.ts'
import type { Origin, Trust, World } from '../evaluate/world.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { type Designation, groundDesignation } from './designation.ts'

/** A designation that a check demands in every case, with the block of the check. */
export interface Binding extends Designation {
  readonly block: number
  /** Whether the token itself states the pair: then the holder of a key that the check names has attested it. */
  readonly attested: boolean
}

/**
 * The designations that a token's checks *bind*: if the request has any other value for the label, the check cannot
 * hold.
 *
 * A `check if` binds a pair that every one of its queries demands as a constant. With an `or`, a pair that only one
 * side demands is not bound, because the other side is a way around it. If a query sees a fact of the token that is
 * that very pair, the check would satisfy itself and binds nothing. A check that names a key is the exception:
 * attesting means that the token satisfies it, and `attested.ts` compares its value with the request's. `check all`,
 * `reject if`, variables and expressions never bind.
 *
 * @param stated - The facts that the token states.
 */
export function bindingsOf(blocks: readonly SignedBlock[], stated: World): Binding[] {
  const origins = new Pairs<Origin[]>()
  for (const { predicate, origin } of stated.named('designation', 2)) {
    const pair = groundDesignation(predicate)
    if (pair === undefined) continue
    const sameFact = origins.get(pair)
    if (sameFact === undefined) origins.set(pair, [origin])
    else sameFact.push(origin)
  }
  return checksOf(blocks).flatMap((placed) => bindingsOfCheck(placed, blocks, origins))
}

/**
 * The pairs that all queries of a check demand. It looks at each predicate once: no steps are counted here, and the
 * holder of the token chooses how many predicates there are.
 *
 * @param origins - The blocks that state each pair.
 */
function bindingsOfCheck(
  placed: PlacedCheck,
  blocks: readonly SignedBlock[],
  origins: Pairs<Origin[]>,
): readonly Binding[] {
  const { check, block } = placed
  if (check.kind !== 'one') return []
  const demands: Binding[][] = []
  let isKeyed: boolean | undefined
  for (const query of check.queries) {
    const pairs: Binding[] = []
    let trust: Trust | undefined
    for (const predicate of query.body) {
      const pair = groundDesignation(predicate)
      if (pair === undefined) continue
      const stated = origins.get(pair)
      if (stated !== undefined) {
        trust ??= trustOfQuery(query, block, blocks)
        isKeyed ??= namesKey(placed, blocks)
      }
      const attested = stated?.some((origin) => trust?.has(origin)) === true
      if (!attested || isKeyed) pairs.push({ ...pair, block, attested })
    }
    demands.push(pairs)
  }
  const [first = []] = demands
  // Most checks demand one pair, or none.
  return demands.length <= 1 && first.length <= 1 ? first : intersect(demands)
}

/** The bindings of the last list whose pair is in every list, each pair once. */
function intersect([first = [], ...others]: readonly (readonly Binding[])[]): readonly Binding[] {
  let common = byPair(first)
  for (const bindings of others) {
    const previous = common
    common = byPair(bindings.filter((binding) => previous.get(binding) !== undefined))
  }
  return common.values()
}

function byPair(bindings: readonly Binding[]): Pairs<Binding> {
  const pairs = new Pairs<Binding>()
  for (const binding of bindings) pairs.set(binding, binding)
  return pairs
}

/** A map by label and value. One key made of both would copy and hash kilobytes for each predicate. */
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
