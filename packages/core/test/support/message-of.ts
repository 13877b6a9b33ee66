import { expect } from 'vitest'

/** The message of the `TypeError` with which a call must fail. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(TypeError)
  return (error as TypeError).message
}
