import type { Check, Query } from '../token/datalog.ts'
import type { SignedBlock } from '../token/decode-token.ts'
import { scopesOf, trustOfQuery } from './check.ts'
import type { Given } from './given.ts'
import { match, type Outcome } from './match.ts'
import type { Work } from './work.ts'
import type { Trust, World } from './world.ts'

/** Whether a query holds for what is given; `undefined` if an expression failed. */
export type Decide = (given: Given, work: Work) => boolean | undefined

/** A query of a token, and what is known before anything is given. */
export interface PlacedQuery {
  readonly kind: Check['kind']
  readonly query: Query
  readonly scopes: number
  readonly trust: Trust
  /** The facts that the token states. */
  readonly stated: World
}

export function placeQuery(
  { kind, queries }: Check,
  index: number,
  block: number,
  blocks: readonly SignedBlock[],
  stated: World,
): PlacedQuery {
  return new QueryInPlace(kind, queries[index] as Query, block, blocks, stated)
}

/** Finds out whom the query trusts when it is asked: the common checks need not know. */
class QueryInPlace implements PlacedQuery {
  readonly kind: Check['kind']
  readonly query: Query
  readonly stated: World
  readonly #block: number
  readonly #blocks: readonly SignedBlock[]
  #trust: Trust | undefined

  constructor(kind: Check['kind'], query: Query, block: number, blocks: readonly SignedBlock[], stated: World) {
    this.kind = kind
    this.query = query
    this.stated = stated
    this.#block = block
    this.#blocks = blocks
  }

  get scopes(): number {
    return scopesOf(this.query, this.#block, this.#blocks).length
  }

  get trust(): Trust {
    this.#trust ??= trustOfQuery(this.query, this.#block, this.#blocks)
    return this.#trust
  }
}

/** The plain evaluation, in a world of all facts. */
export function evaluated(placed: PlacedQuery): Decide {
  const { kind, query, scopes } = placed
  return (given, work) => {
    work.spend(1 + scopes)
    return concluded(kind, match(query, given.world, placed.trust, work))
  }
}

/** What the outcome of a query says in a check of a kind. */
export function concluded(kind: Check['kind'], { accepted, denied, failed }: Outcome): boolean | undefined {
  if (failed) return undefined
  return accepted > 0 && (kind !== 'all' || denied === 0)
}
