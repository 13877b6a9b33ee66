import { recordAct } from './internal/record.ts'

/** What is read of an act of an authority. */
export interface RecordedAct {
  readonly act: string
  readonly decision: 'allowed' | 'refused' | 'failed'
  readonly code: string
  readonly durationMs?: number | undefined
}

/**
 * Records each act of an authority: its option `onAct`. A span `writ.act` with the act, the decision and the code, a count
 * `writ.authority.decisions`, and a duration `writ.authority.decision.duration` in seconds.
 *
 * @example
 * ```ts
 * import { serveAuthority } from '@writ/authority'
 * import { recordActs } from '@writ/opentelemetry'
 *
 * export const authority = await serveAuthority({ onAct: recordActs() })
 * ```
 */
export function recordActs(): (act: RecordedAct) => void {
  return ({ act, decision, code, durationMs }) => {
    const attributes = { 'writ.act': act, 'writ.code': code }
    recordAct('authority', { name: 'writ.act', decision, attributes, durationMs })
  }
}
