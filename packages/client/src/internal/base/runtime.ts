/** What of the platform a client uses. Tests bring their own. */
export interface Runtime {
  readonly fetch: typeof fetch
  /** Unix seconds. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  /** How long one who waits for the authority waits. */
  readonly timeoutMs: number
  /** Rejects with the signal's reason as soon as it is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export function systemRuntime(
  given: { readonly fetch?: typeof fetch | undefined; readonly now?: (() => number) | undefined },
  timeoutMs: number,
): Runtime {
  return {
    timeoutMs,
    // Called as a plain function: workerd refuses one that is called as a method of something else.
    fetch: given.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    now: given.now ?? (() => Date.now() / 1000),
    random: Math.random,
    wait,
  }
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
