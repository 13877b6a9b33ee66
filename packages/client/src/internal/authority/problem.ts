import { printable } from '@writ/core/hold'
import { nullish, object, safeParse, string } from 'valibot'
import { ClientError, type ClientErrorCode, type ClientErrorDetails } from '../../client-error.ts'

const text = nullish(string())
const PROBLEM = object({ code: text, step: text, reason: text, requestId: text })

const CODES: ReadonlyMap<string, ClientErrorCode> = new Map([
  ['refused', 'refused'],
  ['missing_credential', 'unauthenticated'],
  ['refused_credential', 'unauthenticated'],
  ['not_refreshable', 'unauthenticated'],
  ['too_many_requests', 'unavailable'],
  ['failed', 'unavailable'],
  ['unavailable', 'unavailable'],
  ['invalid_request', 'invalid_request'],
])

/**
 * What a problem document of the authority means here. It may be of any form: then the status says what there is to say.
 *
 * @param status - Of the whole answer; `undefined` for a problem that is one result of a batch.
 */
export function problemError(document: unknown, status: number | undefined, retryAfter?: number): ClientError {
  const { output, success } = safeParse(PROBLEM, document)
  const said = success ? output : undefined
  const code = CODES.get(said?.code ?? '') ?? codeOf(status)
  const details: ClientErrorDetails = {
    status,
    retryAfter,
    problem: printable(said?.code ?? undefined),
    step: printable(said?.step ?? undefined),
    reason: printable(said?.reason ?? undefined),
    requestId: printable(said?.requestId ?? undefined),
  }
  return new ClientError(code, details)
}

function codeOf(status: number | undefined): ClientErrorCode {
  if (status === undefined) return 'bad_answer'
  if (status === 401) return 'unauthenticated'
  if (status === 429 || status >= 500) return 'unavailable'
  // 403 without a known code may come from a proxy: it is no word of the policy.
  return status >= 400 && status !== 403 ? 'invalid_request' : 'bad_answer'
}
