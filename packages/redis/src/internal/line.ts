/** After this many late commands in a row, more would only wait behind them. */
const SILENT_AFTER = 10
/**
 * How often a silent server is asked all the same, in milliseconds: one of many connections may work again. The client of
 * `redis` takes its own writes for a sign of life, so this is longer than the `socketTimeout` that the README advises.
 */
const ASKED_AGAIN_AFTER = 10_000

/** Sends a command and waits for its answer. Rejects if the client fails, the answer is late, or the command is not sent. */
export type Ask = <T>(command: () => PromiseLike<T>) => Promise<T>

/**
 * Limits how long a command may take, and how many may wait. A client keeps each command until the server answers or the
 * connection ends, even if its caller has given up: with a silent server, memory would grow with every request.
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
    // A client may throw synchronously.
    const answer = (async () => command())()
    answer.then(settle, settle)
    try {
      return await Promise.race([answer, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
