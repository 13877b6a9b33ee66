import { decisionEntry, type HttpGuardOptions } from '@writ/http'
import { Problem } from './problem.ts'

/** Takes one entry for operators. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void

/** Writes one line of JSON an entry: JSON escapes line breaks, so no value can fake a second entry. */
export const logToStderr: Log = (entry) => {
  console.error(JSON.stringify(entry))
}

/** An `onDecision` that logs what a guard decided. The caller learns a code at most; the values are for operators. */
export function logDecisions(service: string, log: Log): NonNullable<HttpGuardOptions['onDecision']> {
  return (decision, about) => log({ service, ...decisionEntry(decision, about) })
}

/** Logs what is the fault of a service, this one or another, with what caused it. */
export function logFailure(service: string, log: Log, error: unknown): void {
  const failed = error instanceof Error && !(error instanceof Problem) ? error.stack : String(error)
  log({ service, failed, causes: causesOf(error) })
}

/** `fetch` wraps the reason of a failure, and so do we. */
function causesOf(error: unknown): readonly string[] {
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined ? [] : [String(cause), ...causesOf(cause)]
}
