import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Lets a signal end the process as it would anyway, but by `exit`, whose listeners clean up. */
export function exitOnSignals(): void {
  for (const signal of SIGNALS) process.on(signal, exit)
}

/** Resolves at the first signal, which then does not end the process; the second does. */
export async function untilSignal(): Promise<void> {
  for (const signal of SIGNALS) process.off(signal, exit)
  await new Promise<void>((resolve) => {
    // A promise alone does not keep a process from ending.
    const timer = setInterval(() => {}, 2 ** 30)
    const end = () => {
      clearInterval(timer)
      for (const signal of SIGNALS) process.off(signal, end)
      exitOnSignals()
      resolve()
    }
    for (const signal of SIGNALS) process.on(signal, end)
  })
}

function exit(signal: (typeof SIGNALS)[number]): void {
  process.exit(128 + constants.signals[signal])
}
