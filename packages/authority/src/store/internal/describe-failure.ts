import { isLocked } from '../sqlite/retry-while-locked.ts'
import { StoreError } from '../store-error.ts'

/** https://www.sqlite.org/rescode.html */
const SQLITE_CODES: ReadonlyMap<number, 'store_full' | 'store_read_only' | 'store_unavailable'> = new Map([
  [8, 'store_read_only'],
  [10, 'store_unavailable'],
  [11, 'store_unavailable'],
  [13, 'store_full'],
  [14, 'store_unavailable'],
  [26, 'store_unavailable'],
])

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const POSTGRES_CODES: ReadonlyMap<string, 'store_busy' | 'store_full' | 'store_read_only'> = new Map([
  ['53100', 'store_full'],
  ['25006', 'store_read_only'],
  ['55P03', 'store_busy'],
  ['57014', 'store_busy'],
])
/** Classes: connection exceptions, insufficient resources, operator intervention, system errors. */
const POSTGRES_UNAVAILABLE = ['08', '53', '57', '58']
const FILE_CODES: ReadonlyMap<string, 'store_full' | 'store_read_only'> = new Map([
  ['EACCES', 'store_read_only'],
  ['EROFS', 'store_read_only'],
  ['ENOSPC', 'store_full'],
])
const NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'])
const BROKEN_CONNECTION = /^(Connection terminated|timeout exceeded|Client has encountered|Query read timeout)/
/** What the database asks to run again: serialization failure, deadlock. */
const REPEATABLE = new Set(['40001', '40P01'])

/** The {@link StoreError} that an error of a driver means; all others as they are. */
export function describeFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error
  const { errcode, code } = error as { errcode?: unknown; code?: unknown }
  if (isLocked(error)) return new StoreError('store_busy', { cause: error })
  const known = typeof errcode === 'number' ? SQLITE_CODES.get(errcode & 0xff) : undefined
  if (known !== undefined) return new StoreError(known, { cause: error })
  if (typeof code === 'string') {
    const named = POSTGRES_CODES.get(code) ?? FILE_CODES.get(code)
    if (named !== undefined) return new StoreError(named, { cause: error })
    if (NETWORK_CODES.has(code) || (code.length === 5 && POSTGRES_UNAVAILABLE.includes(code.slice(0, 2))))
      return new StoreError('store_unavailable', { cause: error })
  }
  return BROKEN_CONNECTION.test(error.message) ? new StoreError('store_unavailable', { cause: error }) : error
}

/** Tells whether the same transaction may well succeed when it runs again. */
export function isRepeatable(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && REPEATABLE.has(code)
}
