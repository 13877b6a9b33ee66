import { printable } from '@writ/core/verify'
import type { Decision } from '../guard-options.ts'
import type { RequestView } from '../request-view.ts'

/** A decision as a line of a log. */
export interface DecisionEntry {
  readonly decision: 'allowed' | 'refused'
  /** `false` in report mode: what is refused here has passed. */
  readonly enforced: boolean
  readonly code: string | undefined
  readonly resource: string
  readonly operation: string
  /** Who presented the token, if one was proven. */
  readonly subject: string | undefined
  /** The label of the designation that decided, what the token demands for it, and what the request held. */
  readonly label: string | undefined
  readonly expected: string | undefined
  readonly actual: string | undefined
  readonly durationMs: number
  /** Method and path, printable and cut, if the request was given: `GET /acme/invoices/7`. */
  readonly request?: string | undefined
}

/**
 * Makes a decision of a guard an entry for a log: what `writ report` reads, as one line of JSON. It holds no token. Its values
 * are for operators.
 *
 * @param decision - The first argument of `onDecision`.
 * @param about - The second one. Without it, the entry does not say what the request was.
 *
 * @example
 * ```ts
 * import { decisionEntry, type HttpGuardOptions } from '@writ/http'
 *
 * export const onDecision: HttpGuardOptions['onDecision'] = (decision, about) =>
 *   console.error(JSON.stringify(decisionEntry(decision, about)))
 * ```
 */
export function decisionEntry(
  decision: Decision,
  about?: { readonly request: Pick<RequestView, 'method' | 'path'> },
): DecisionEntry {
  const { allowed, enforced, code, requirement, operation, capability, label, expected, actual, durationMs } = decision
  return {
    decision: allowed ? 'allowed' : 'refused',
    enforced,
    code,
    resource: requirement.resource,
    operation,
    subject: capability?.subject,
    label,
    expected,
    actual,
    durationMs,
    ...(about && { request: printable(`${about.request.method} ${about.request.path}`) }),
  }
}
