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
  const query = queries[index] as Query
  const scopes = scopesOf(query, block, blocks).length
  return { kind, query, scopes, trust: trustOfQuery(query, block, blocks), stated }
}

/** The plain evaluation, in a world of all facts. */
export function evaluated({ kind, query, scopes, trust }: PlacedQuery): Decide {
  return (given, work) => {
    work.spend(1 + scopes)
    return concluded(kind, match(query, given.world, trust, work))
  }
}

/** What the outcome of a query says in a check of a kind. */
export function concluded(kind: Check['kind'], { accepted, denied, failed }: Outcome): boolean | undefined {
  if (failed) return undefined
  return accepted > 0 && (kind !== 'all' || denied === 0)
}
