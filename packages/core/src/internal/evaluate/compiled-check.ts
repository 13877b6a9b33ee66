import type { SignedBlock } from '../token/decode-token.ts'
import type { PlacedCheck } from './check.ts'
import { type Decide, type PlacedQuery, placeQuery } from './decide.ts'
import type { Given } from './given.ts'
import type { Work } from './work.ts'
import type { World } from './world.ts'

/** How a query is turned into a function: `compileQuery`, or `evaluated` for a plain evaluation. */
export type Compile = (query: PlacedQuery) => Decide

/** What all checks of a token share. */
export interface CheckedToken {
  readonly blocks: readonly SignedBlock[]
  /** The facts that the blocks state. */
  readonly stated: World
  readonly compile: Compile
}

/** A check whose queries are compiled when they are first needed. */
export class CompiledCheck {
  readonly placed: PlacedCheck
  readonly #token: CheckedToken
  readonly #queries: (Decide | undefined)[]

  constructor(placed: PlacedCheck, token: CheckedToken) {
    this.placed = placed
    this.#token = token
    this.#queries = placed.check.queries.map(() => undefined)
  }

  /**
   * Whether the check is satisfied. It is not if an expression fails to evaluate on any match.
   *
   * For `check if` and `check all`, queries run in written order up to the first that holds. For `reject if`, no query
   * may hold, as the specification says; the Rust implementation accepts the check as soon as one of its queries does
   * not hold.
   */
  isSatisfied(given: Given, work: Work): boolean {
    const { kind } = this.placed.check
    const queries = this.#queries
    for (let index = 0; index < queries.length; index++) {
      const decide = queries[index] ?? this.#compile(index)
      queries[index] = decide
      const holds = decide(given, work)
      if (holds === undefined) return false
      if (holds) return kind !== 'reject'
    }
    return kind === 'reject' && queries.length > 0
  }
  #compile(index: number): Decide {
    const { blocks, stated, compile } = this.#token
    const { check, block } = this.placed
    return compile(placeQuery(check, index, block, blocks, stated))
  }
}
