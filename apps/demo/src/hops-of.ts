import type { Logs } from './start-system.ts'
import { SERVICES, type ServiceName } from './step.ts'

/** What verification cost at one service. */
export interface HopTimes {
  readonly service: ServiceName
  readonly allowed: number
  readonly refused: number
  /** Milliseconds of its first decision, when nothing was warm. `undefined` if it made none. */
  readonly first: number | undefined
  /** Milliseconds of the one in the middle. */
  readonly median: number | undefined
}

/** One decision, as the services log it. */
export interface LoggedDecision {
  readonly service: ServiceName
  readonly decision: 'allowed' | 'refused'
  readonly durationMs: number
  readonly [key: string]: unknown
}

/** The decisions of a service, in the order in which they were made; its log also holds failures. */
export function decisionsOf(log: string): readonly LoggedDecision[] {
  const lines = log.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line)).filter(({ decision }) => decision !== undefined)
}

/** Verification times by service, from what the services themselves have logged. */
export function hopsOf(logs: Logs): readonly HopTimes[] {
  return SERVICES.map((service) => {
    const decisions = decisionsOf(logs[service])
    const times = decisions.map(({ durationMs }) => durationMs)
    const allowed = decisions.filter(({ decision }) => decision === 'allowed').length
    return { service, allowed, refused: decisions.length - allowed, first: times[0], median: median(times) }
  })
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
