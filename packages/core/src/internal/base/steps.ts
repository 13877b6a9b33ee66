import { CapabilityError } from './capability-error.ts'

/**
 * Work that may have to wait: it yields each promise whose outcome it needs, and only promises. One piece of code then
 * serves callers that can wait and callers that cannot, and where nothing has to wait it takes no turn of the event loop.
 */
export type Steps<T> = Generator<PromiseLike<unknown>, T, unknown>

/** The outcome of a value that may be a promise. */
export function* outcomeOf<T>(value: T | PromiseLike<T>): Steps<T> {
  return isPromise(value) ? ((yield value) as T) : value
}

/** Does the work, and waits where it has to. */
export async function whenDone<T>(steps: Steps<T>): Promise<T> {
  return finish(steps, steps.next())
}

/** Does the work at once as far as nothing has to wait. It returns or throws what that led to, or promises the rest. */
export function doneSoon<T>(steps: Steps<T>): T | Promise<T> {
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

/**
 * Does the work at once. A part of it that answers with a promise has failed, because nobody waits for the answer.
 *
 * @throws `CapabilityError`: `unavailable` for a part that is asynchronous.
 */
export function doneNow<T>(steps: Steps<T>): T {
  let step = steps.next()
  while (step.done !== true) {
    // Its rejection must not become an unhandled one.
    step.value.then(undefined, () => {})
    const cause = new TypeError('sync: an option or the request answered with a promise')
    step = steps.throw(new CapabilityError('unavailable', { cause }))
  }
  return step.value
}

export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  if (typeof value !== 'object' || value === null) return false
  return typeof (value as { then?: unknown }).then === 'function'
}
