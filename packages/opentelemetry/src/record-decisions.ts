import type { Attributes } from '@opentelemetry/api'
import { recordAct } from './internal/record.ts'

/** What is read of a decision of a guard. */
export interface GuardDecision {
  readonly allowed: boolean
  readonly enforced: boolean
  readonly code?: string | undefined
  readonly requirement: { readonly resource: string }
  readonly operation: string
  readonly durationMs: number
}

/** Options of {@link recordDecisions}. */
export interface RecordDecisionsOptions<Decision extends GuardDecision = GuardDecision> {
  /** Attributes for the span, beside those that it has. It is not called for metrics. Default: none. */
  readonly describe?: ((decision: Decision) => Attributes) | undefined
}

/** The service could not decide, which is a fault of its own. */
const FAILURES: ReadonlySet<string> = new Set(['unavailable', 'unguarded', 'source_missing'])

/**
 * Records each decision of a guard: the option `onDecision` of every adapter. A span `writ.decide` with the resource, the
 * operation, the decision and the code, a count `writ.guard.decisions`, and a duration `writ.guard.decision.duration` in
 * seconds. No subject, no value and no token is recorded. Without an OpenTelemetry SDK it does nothing.
 *
 * @param options - See {@link RecordDecisionsOptions}.
 *
 * @example
 * ```ts
 * import { writ } from '@writ/express'
 * import { recordDecisions } from '@writ/opentelemetry'
 *
 * const guard = writ({
 *   keys: process.env['WRIT_PUBLIC_KEY'] ?? '',
 *   anchor: 'service:billing',
 *   onDecision: recordDecisions(),
 * })
 * ```
 */
export function recordDecisions<Decision extends GuardDecision = GuardDecision>(
  options: RecordDecisionsOptions<Decision> = {},
): (decision: Decision) => void {
  const { describe } = options
  return (decision) => {
    const { allowed, enforced, code, requirement, operation, durationMs } = decision
    recordAct('guard', {
      name: 'writ.decide',
      decision: allowed ? 'allowed' : code !== undefined && FAILURES.has(code) ? 'failed' : 'refused',
      attributes: {
        'writ.resource': requirement.resource,
        'writ.operation': operation,
        'writ.enforced': enforced,
        ...(code === undefined ? {} : { 'writ.code': code }),
      },
      details: describe?.(decision),
      durationMs,
    })
  }
}
