import type { RemoteRuntime } from './remote-runtime.ts'

/** Processes that start together, or that failed together, spread. */
const SPREAD = 0.2
const FIRST_PAUSE_MS = 250

/**
 * Does something again and again until the signal aborts: `pauseMs` after it succeeded; after a failure soon, and then ever
 * more rarely, up to `maxPauseMs`.
 */
export async function keepTrying(
  act: (signal: AbortSignal) => Promise<unknown>,
  { pauseMs, maxPauseMs }: { readonly pauseMs: number; readonly maxPauseMs: number },
  { wait, random }: Pick<RemoteRuntime, 'wait' | 'random'>,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0
  // The caller has done it once.
  let pause = pauseMs
  while (!signal.aborted) {
    if (pause > 0) await wait(pause * (1 - SPREAD * random()), signal).catch(() => undefined)
    if (signal.aborted) return
    try {
      await act(signal)
      failures = 0
      pause = pauseMs
    } catch {
      pause = Math.min(maxPauseMs, FIRST_PAUSE_MS * 2 ** Math.min(failures++, 16))
    }
  }
}
