import { CapabilityError, type Inspection, inspect, type Keys } from '@writ/core/hold'
import { ClientError } from '../../client-error.ts'

/** What a token says, after each of its signatures was verified. Throws a `ClientError`: `bad_answer`, `unavailable`. */
export async function proveToken(token: string, keys: Keys): Promise<Inspection<true>> {
  try {
    return await inspect(token, keys)
  } catch (cause) {
    const code = cause instanceof CapabilityError ? cause.code : undefined
    throw new ClientError(code === 'unavailable' ? code : 'bad_answer', { cause, reason: code })
  }
}

export function wrongAnswer(message: string): ClientError {
  return new ClientError('bad_answer', { cause: new Error(message) })
}
