/** After so many commands in a row without an answer in time, more would only wait behind them. */
const SILENT_AFTER = 10
/**
 * How often a server that is silent is asked all the same, in milliseconds: one of many connections may be well. The client of `redis`
 * takes whatever it writes for a sign of life, so this is longer than the `socketTimeout` that the README advises.
 */
const ASKED_AGAIN_AFTER = 10_000

/** Sends a command and waits for its answer, or refuses to send it. Errors: those of the client; no answer in time; not sent. */
export type Ask = <T>(command: () => PromiseLike<T>) => Promise<T>

/**
 * Bounds how long a command is waited for, and how many wait. A client keeps each command until the server answers or the connection
 * ends, whatever its caller was told: with a server that is silent, what is kept would grow with every request.
 */
export function askWithin(timeout: number, maxPending: number): Ask {
  let pending = 0
  let lateInARow = 0
  let askedAt = 0

  return async (command) => {
    if (pending >= maxPending)
      throw new Error(`Redis: ${pending} commands wait for an answer, so this one was not sent`)
    if (lateInARow >= SILENT_AFTER && performance.now() < askedAt + ASKED_AGAIN_AFTER) {
      throw new Error(`Redis is silent: the last ${lateInARow} commands had no answer, so this one was not sent`)
    }
    askedAt = performance.now()
    pending++
    const settle = () => {
      pending--
      lateInARow = 0
    }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        lateInARow++
        reject(new Error(`Redis did not answer within ${timeout} ms`))
      }, timeout)
    })
    // A client may throw at once.
    const answer = (async () => command())()
    answer.then(settle, settle)
    try {
      return await Promise.race([answer, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
