import { ClientError } from '../../client-error.ts'
import { boundedText } from '../../internal/base/bounded-text.ts'
import { badAnswer, type RemoteRuntime } from './remote-runtime.ts'

/**
 * Gets JSON of an authority: within the time, no more than `maxBytes`, and from nowhere else, because no redirect is followed.
 *
 * @throws `ClientError` `unavailable`, `bad_answer`.
 */
export async function getJson(path: string, maxBytes: number, runtime: RemoteRuntime): Promise<unknown> {
  const signal = AbortSignal.timeout(runtime.timeoutMs)
  const response = await getResponse(path, 'application/json', signal, runtime)
  let text: string
  try {
    text = await boundedText(response, maxBytes)
  } catch (cause) {
    throw new ClientError(signal.aborted ? 'unavailable' : 'bad_answer', { cause })
  }
  try {
    return JSON.parse(text)
  } catch {
    throw badAnswer('the answer is not JSON')
  }
}

/**
 * Sends a GET, and resolves as soon as the answer has begun. It is one with status 200.
 *
 * @throws `ClientError` `unavailable`, `bad_answer`.
 */
export async function getResponse(
  path: string,
  accept: string,
  signal: AbortSignal,
  { url, fetch }: RemoteRuntime,
): Promise<Response> {
  let response: Response
  try {
    // `error` would be clearer, but Workers do not have it.
    response = await fetch(new URL(path, url), { headers: { accept }, redirect: 'manual', signal })
  } catch (cause) {
    throw new ClientError('unavailable', { cause: new Error('the authority does not answer', { cause }) })
  }
  if (response.status === 200) return response
  response.body?.cancel().catch(() => {})
  const { status } = response
  const isBusy = status === 429 || status >= 500
  throw new ClientError(isBusy ? 'unavailable' : 'bad_answer', {
    status,
    cause: new Error(`the authority answers with status ${status}`),
  })
}
