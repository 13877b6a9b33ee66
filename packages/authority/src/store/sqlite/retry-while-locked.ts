import { setTimeout } from 'node:timers/promises'
import { StoreError } from '../store-error.ts'

/** SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5
const PRIMARY_CODE = 0xff
const MAX_WAIT_MS = 5000
const MIN_PAUSE_MS = 2
const MAX_PAUSE_MS = 50

/** Tells whether another connection holds the database. */
export function isLocked(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown }
  return typeof errcode === 'number' && (errcode & PRIMARY_CODE) === SQLITE_BUSY
}

/**
 * Runs a statement again while another process holds the database. It pauses without blocking this process.
 *
 * @param maxWaitMs - Default: five seconds.
 * @throws `StoreError` `store_busy` when that has passed.
 */
export async function retryWhileLocked(run: () => unknown, maxWaitMs: number = MAX_WAIT_MS): Promise<void> {
  let pause = MIN_PAUSE_MS
  for (let waited = 0; ; waited += pause) {
    try {
      await run()
      return
    } catch (cause) {
      if (!isLocked(cause)) throw cause
      if (waited > maxWaitMs) throw new StoreError('store_busy', { cause })
    }
    pause = Math.min(MAX_PAUSE_MS, pause * 2) * (0.5 + Math.random() / 2)
    await setTimeout(pause)
  }
}
