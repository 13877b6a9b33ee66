import type { Decision } from '../guard-options.ts'
import type { FrozenRequirement } from '../requirement.ts'
import { SourceProblem } from './designations/source-problem.ts'
import type { Verdict } from './evaluate.ts'

/** The form in which hooks see a verdict. */
export function decisionOf<Native>(
  verdict: Verdict<Native>,
  operation: string,
  enforced: boolean,
  durationMs: number,
  hint?: string,
): Decision {
  const { requirement, capability, error } = verdict
  const advice = hint ?? (error?.cause instanceof SourceProblem ? error.cause.message : undefined)
  return Object.freeze({
    allowed: error === undefined,
    enforced,
    requirement: requirement as FrozenRequirement,
    operation,
    ...(capability && { capability }),
    durationMs,
    ...(error && { code: error.code, error }),
    ...(error?.label !== undefined && { label: error.label }),
    ...(error?.expected !== undefined && { expected: error.expected }),
    ...(error?.actual !== undefined && { actual: error.actual }),
    ...(advice !== undefined && { hint: advice }),
  })
}
