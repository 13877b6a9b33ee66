import { ClientError } from '../../client-error.ts'
import { boundedText, UnreadableBody } from '../base/bounded-text.ts'
import type { Runtime } from '../base/runtime.ts'
import { problemError } from './problem.ts'
import { backOff, RetryBudget } from './retry-budget.ts'

const MAX_BYTES = 1024 * 1024
const MAX_RETRIES = 3
const MAX_RETRY_AFTER_SECONDS = 3600

/** A `POST` of the authority: resolves to the parsed JSON of a success. */
export type AskAuthority = (path: string, body: object, identity?: string) => Promise<unknown>

/**
 * How the authority is asked. All of its acts may be repeated: a mint that nobody received harms nobody, and a secret that
 * is already spent is refused. So what has no answer, or a 503, is sent again, within the time and the budget.
 */
export function createAskAuthority(url: URL, runtime: Runtime): AskAuthority {
  const { timeoutMs } = runtime
  const budget = new RetryBudget()

  return async (path, body, identity) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const request: RequestInit = {
      method: 'POST',
      headers: {
        accept: 'application/json, application/problem+json',
        'content-type': 'application/json',
        ...(identity === undefined ? {} : { authorization: `Bearer ${identity}` }),
      },
      body: JSON.stringify(body),
      // What is sent is for the authority alone.
      redirect: 'manual',
      signal,
    }
    budget.earn()
    for (let retry = 0; ; retry += 1) {
      try {
        return await answerOf(new URL(path, url), request, runtime)
      } catch (error) {
        if (!isTransient(error) || signal.aborted || retry >= MAX_RETRIES || !budget.spend()) throw error
        const waitMs = (error.retryAfter ?? 0) * 1000 + backOff(retry, runtime.random)
        if (waitMs > timeoutMs) throw error
        try {
          await runtime.wait(waitMs, signal)
        } catch {
          throw error
        }
      }
    }
  }
}

function isTransient(error: unknown): error is ClientError {
  return error instanceof ClientError && error.code === 'unavailable' && error.status !== 429 && error.status !== 500
}

async function answerOf(url: URL, request: RequestInit, runtime: Runtime): Promise<unknown> {
  let response: Response
  let text: string
  try {
    response = await runtime.fetch(url, request)
    text = await boundedText(response, MAX_BYTES)
  } catch (cause) {
    throw new ClientError(cause instanceof UnreadableBody ? 'bad_answer' : 'unavailable', { cause })
  }
  const { status, ok } = response
  const json = parsed(text)
  if (!ok) throw problemError(json?.value, status, retryAfterOf(response))
  if (json === undefined) throw new ClientError('bad_answer', { status, cause: new Error('the answer is not JSON') })
  return json.value
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    // The error of the platform quotes the text, which may hold a token.
    return undefined
  }
}

/** Whole seconds. The other form, a date, depends on two clocks. */
function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after') ?? ''
  if (!/^\d{1,9}$/.test(value)) return undefined
  return Math.min(Number(value), MAX_RETRY_AFTER_SECONDS)
}
