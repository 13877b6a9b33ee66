/** What makes a server forget what is kept in it, or keeps this package from working with it. */
export type RedisProblemCode = 'evicts' | 'not_persistent' | 'replica' | 'too_old' | 'other_database' | 'not_told'

/** A problem of a server, in words that say what to do. */
export interface RedisProblem {
  readonly code: RedisProblemCode
  /** What it costs and what to do, in a sentence or two. */
  readonly message: string
}
