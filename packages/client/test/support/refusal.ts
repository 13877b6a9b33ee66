import { expect } from 'vitest'
import { ClientError } from '../../src/index.ts'

/** The error that something is refused with. */
export async function refusal(refused: Promise<unknown>): Promise<ClientError> {
  const error = await refused.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ClientError)
  return error as ClientError
}
