/** Why a server may forget what it keeps, or cannot be used. */
export type RedisProblemCode = 'evicts' | 'not_persistent' | 'replica' | 'too_old' | 'other_database' | 'not_told'

/** A problem of a server. */
export interface RedisProblem {
  readonly code: RedisProblemCode
  /** What the problem costs and what to do, in a sentence or two. */
  readonly message: string
}
