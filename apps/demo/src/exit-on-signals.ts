import { constants } from 'node:os'

/** Lets a signal end the process as it would anyway, but by `exit`, whose listeners clean up. */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
}
