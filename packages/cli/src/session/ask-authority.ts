import { printable } from '@writ/core'
import { CliError, EXIT } from '../cli-error.ts'

const TIMEOUT_MS = 10_000
const MAX_CODE = 64

/**
 * Sends JSON to an authority, and reads what it answers. No redirect is followed: the body may be a secret.
 *
 * @throws `CliError`: `refused` with its code, or `unavailable`.
 */
export async function askAuthority(
  url: string,
  path: string,
  { body, fetch = globalThis.fetch }: { readonly body: object; readonly fetch?: typeof globalThis.fetch },
): Promise<unknown> {
  let response: Response
  let answer: unknown
  try {
    response = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    answer = await response.json()
  } catch (cause) {
    if ((cause as Error).name === 'ClientError') throw cause
    throw new CliError(EXIT.unavailable, 'unavailable', 'the authority does not answer', { cause })
  }
  if (response.ok) return answer
  const { code, reason } = (answer ?? {}) as { code?: unknown; reason?: unknown }
  const said = [code, reason]
    .filter((part) => typeof part === 'string')
    .map((part) => printable(String(part).slice(0, MAX_CODE)))
  const exitCode = response.status >= 500 ? EXIT.unavailable : EXIT.refused
  throw new CliError(exitCode, said[0] ?? 'refused', `the authority refuses: ${said.join(' ') || response.status}`)
}
