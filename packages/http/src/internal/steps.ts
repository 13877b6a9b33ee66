/**
 * Work that may have to wait: it yields each promise whose outcome it needs. Where nothing has to wait, it is done at once,
 * because every turn of the event loop costs a request about as much as its decision.
 */
export type Steps<T> = Generator<PromiseLike<unknown>, T, unknown>

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/** The outcome of a value that may be a promise. */
export function* outcomeOf<T>(value: T | PromiseLike<T>): Steps<T> {
  return isPromise(value) ? ((yield value) as T) : value
}

/** Does the work at once as far as nothing has to wait. It returns or throws what that led to, or promises the rest. */
export function doneSoon<T>(steps: Steps<T>): Awaitable<T> {
  const step = steps.next()
  return step.done === true ? step.value : finish(steps, step)
}

async function finish<T>(steps: Steps<T>, first: IteratorResult<PromiseLike<unknown>, T>): Promise<T> {
  let step = first
  while (step.done !== true) {
    let outcome: unknown
    try {
      outcome = await step.value
    } catch (error) {
      step = steps.throw(error)
      continue
    }
    step = steps.next(outcome)
  }
  return step.value
}

/** Calls a function now. What it returned or threw, the result returns or throws each time. */
export function remembered<T>(call: () => T): () => T {
  try {
    const value = call()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}

export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
