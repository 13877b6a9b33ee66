import { CliError, EXIT, usageError } from '../cli-error.ts'
import type { Io } from '../io.ts'

const TIMEOUT_MS = 10_000

/**
 * Asks GitHub Actions for an assertion about the running job. The job needs `permissions: id-token: write`.
 *
 * @throws `CliError`; no message shows what was sent or answered.
 */
export async function askGithub({ environment }: Io, audience: string): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: where, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = environment
  if (where === undefined || !URL.canParse(where)) throw usageError('ACTIONS_ID_TOKEN_REQUEST_URL: must be a URL')
  const url = new URL(where)
  url.searchParams.set('audience', audience)
  try {
    const response = await fetch(url, {
      headers: { authorization: `bearer ${bearer}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const { value } = ((await response.json()) ?? {}) as { readonly value?: unknown }
    if (response.ok && typeof value === 'string' && value !== '') return value
  } catch (cause) {
    throw new CliError(EXIT.unavailable, 'unavailable', 'GitHub Actions does not answer', { cause })
  }
  throw new CliError(EXIT.refused, 'no_assertion', 'GitHub Actions gives no assertion to this job')
}
