/**
 * Why a client could not do what it was asked to. A code never changes its meaning.
 *
 * | code | meaning |
 * | --- | --- |
 * | `refused` | the policy says no; `step` and `reason` say which of its steps, and why |
 * | `unauthenticated` | there is no identity that the authority accepts |
 * | `invalid_request` | the authority does not take a request of this form |
 * | `unavailable` | network, timeout, 429, 5xx; `retryAfter` if the answer said when |
 * | `bad_answer` | too large, not of the known form, a redirect, or a token that is not what was asked for; `reason` is the code if the token does not verify: `untrusted_key` and `invalid_signature` say that `keys` lacks the key that signs now |
 * | `closed` | `close()` was called |
 */
export type ClientErrorCode =
  | 'refused'
  | 'unauthenticated'
  | 'invalid_request'
  | 'unavailable'
  | 'bad_answer'
  | 'closed'

/** One fixed sentence per code: a text of a stranger could carry anything into a log. */
const MESSAGES: Readonly<Record<ClientErrorCode, string>> = {
  refused: 'the policy of the authority does not permit this',
  unauthenticated: 'the authority accepts no credential of this client: its identity, secret or assertion',
  invalid_request: 'the authority does not take this request',
  unavailable: 'there is no answer, or none that can be used now',
  bad_answer: 'the answer is not one that the authority may give',
  closed: 'the client is closed',
}

/** What is known about a failure. No member holds a token, a secret, or text of a stranger that is not printable. */
export interface ClientErrorDetails {
  /** Who failed: the authority, or the service that was called with `client.fetch`. Default: the authority. */
  readonly from?: 'authority' | 'service' | undefined
  /** The HTTP status, if there was an answer. */
  readonly status?: number | undefined
  /** In how many seconds it may be worth to ask again. */
  readonly retryAfter?: number | undefined
  /** The step of the mint that refused, as `@writ/engine` names it. */
  readonly step?: string | undefined
  /** The code within that step: `not_granted`. Of a token that does not verify, the code of the `CapabilityError`. */
  readonly reason?: string | undefined
  /** The code of the authority's problem document. */
  readonly problem?: string | undefined
  /** Finds the request in the authority's log. */
  readonly requestId?: string | undefined
  /** What is wrong with the answer, or the error underneath. */
  readonly cause?: unknown
}

/**
 * A client could not do what it was asked to.
 *
 * The message is one fixed sentence per code, with the status, step and reason that the authority gave.
 *
 * @example
 * ```ts
 * import { type Client, ClientError } from '@writ/client'
 *
 * export async function mayRefund(client: Client): Promise<boolean> {
 *   try {
 *     await client.capabilityFor({ target: 'invoices', operation: 'refund' })
 *     return true
 *   } catch (error) {
 *     if (error instanceof ClientError && error.code === 'refused') return false
 *     throw error
 *   }
 * }
 * ```
 */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: ClientErrorCode
  readonly from: 'authority' | 'service'
  readonly status: number | undefined
  readonly retryAfter: number | undefined
  readonly step: string | undefined
  readonly reason: string | undefined
  readonly problem: string | undefined
  readonly requestId: string | undefined

  constructor(code: ClientErrorCode, details: ClientErrorDetails = {}) {
    const { from = 'authority', status, retryAfter, step, reason, problem, requestId, cause } = details
    const said = [status, problem, step, reason].filter((part) => part !== undefined)
    const told = said.length === 0 ? '' : ` (${said.join(' ')})`
    super(`${MESSAGES[code]}${told}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.from = from
    this.status = status
    this.retryAfter = retryAfter
    this.step = step
    this.reason = reason
    this.problem = problem
    this.requestId = requestId
  }

  /** No stack and no cause. */
  toJSON(): { name: string; code: ClientErrorCode; from: string; status?: number; step?: string; reason?: string } {
    const { name, code, from, status, step, reason } = this
    return {
      name,
      code,
      from,
      ...(status === undefined ? {} : { status }),
      ...(step === undefined ? {} : { step }),
      ...(reason === undefined ? {} : { reason }),
    }
  }
}
