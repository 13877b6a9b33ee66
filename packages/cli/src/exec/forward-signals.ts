const EVERYWHERE = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
/** Windows does not know these. */
const ELSEWHERE = process.platform === 'win32' ? [] : (['SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)
/** A terminal sends these to every process of its foreground group, so the command has them already. */
const BY_TERMINAL: readonly string[] = ['SIGINT', 'SIGQUIT', 'SIGHUP']

/** Signals of this process, which are not its end any more. */
export interface ForwardedSignals {
  /** From now on they are not for the command, which is over. Resolves when one comes. */
  interrupted(): Promise<void>
  stop(): void
}

/**
 * Hands on the signals that this process gets.
 *
 * @param atTerminal - Whether the command is in the group of this process, and that of a terminal.
 */
export function forwardSignals(send: (signal: NodeJS.Signals) => unknown, atTerminal: boolean): ForwardedSignals {
  const interrupted = Promise.withResolvers<void>()
  let over = false
  const listeners = [...EVERYWHERE, ...ELSEWHERE].map((signal) => {
    const listener = () => {
      if (over) interrupted.resolve()
      else if (!atTerminal || !BY_TERMINAL.includes(signal)) send(signal)
    }
    process.on(signal, listener)
    return [signal, listener] as const
  })
  return {
    interrupted() {
      over = true
      return interrupted.promise
    },
    stop() {
      for (const [signal, listener] of listeners) process.off(signal, listener)
    },
  }
}
