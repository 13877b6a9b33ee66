import { printable } from '@writ/core'
import { CliError, EXIT } from '../cli-error.ts'

const MAX_CODE = 64

/**
 * The JSON that an authority has answered.
 *
 * @throws `CliError` with the code of its problem, or `unavailable`.
 */
export async function readAnswer(response: Response): Promise<unknown> {
  const answer: unknown = await response.json().catch((cause: unknown) => {
    throw new CliError(EXIT.unavailable, 'unavailable', 'the authority does not answer', { cause })
  })
  if (response.ok) return answer
  const { code, reason } = (answer ?? {}) as { code?: unknown; reason?: unknown }
  const said = [code, reason]
    .filter((part) => typeof part === 'string')
    .map((part) => printable(String(part).slice(0, MAX_CODE)))
  const exitCode = response.status >= 500 ? EXIT.unavailable : EXIT.refused
  throw new CliError(exitCode, said[0] ?? 'refused', `the authority refuses: ${said.join(' ') || response.status}`)
}
