const MESSAGES = {
  store_busy: 'another process holds the database',
  store_full: 'the disk of the database is full',
  store_read_only: 'the database cannot be written',
  store_unavailable: 'the database does not answer',
} as const

/** Why the database refused. */
export type StoreErrorCode = keyof typeof MESSAGES

/**
 * The database failed. What was asked for has not happened, except that the outcome of a commit which was cut off is unknown.
 *
 * @example
 * ```ts
 * import { openStore, StoreError } from '@writ/authority'
 *
 * const error = await openStore('postgres://nobody@127.0.0.1:1/none').catch((error) => error)
 * if (error instanceof StoreError) console.log(error.code) // store_unavailable
 * ```
 */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, options?: ErrorOptions) {
    super(MESSAGES[code], options)
    this.code = code
  }
}
