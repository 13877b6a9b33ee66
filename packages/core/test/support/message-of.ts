/** The message of the `TypeError` with which a call must fail. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  const outcome = await promise.then(
    () => new Error('expected a TypeError, but there was a result'),
    (error: unknown) => error,
  )
  if (outcome instanceof TypeError) return outcome.message
  throw outcome
}
