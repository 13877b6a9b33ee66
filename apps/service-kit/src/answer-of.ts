import type { ClientError } from '@writ/client'
import { Problem } from './problem.ts'

/**
 * The parsed JSON of a successful answer of another service. Throws a {@link Problem} that names that service: 504 if it
 * hangs, else 502.
 *
 * @param service - As problem answers name it: `'inventory'`.
 * @param calling - The call, by the `fetch` of a client of `@writ/client`.
 * @param passes - Refusals that are about the object and not about the services: answered with the same status. Default: none.
 */
export async function answerOf(
  service: string,
  calling: Promise<Response>,
  passes: readonly number[] = [],
): Promise<unknown> {
  try {
    const response = await calling
    if (response.ok) return await response.json()
    // Its body stays here: it is for this service, and might say more than the caller may know.
    await response.body?.cancel()
    const status = passes.includes(response.status) ? response.status : 502
    throw new Problem(status, `${service} answered ${response.status}`)
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw isLate(cause)
      ? new Problem(504, `${service} did not answer in time`, { cause })
      : new Problem(502, `${service} could not be called`, { cause })
  }
}

/** Whether the service took too long, and not the authority. */
function isLate(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'ClientError') return (error as ClientError).from === 'service' && isLate(error.cause)
  return error.name === 'TimeoutError'
}
