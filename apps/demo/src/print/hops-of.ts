import { SERVICES, type ServiceName } from '../step.ts'
import type { Logs } from '../system/start-system.ts'

/** What verification cost at one service. */
export interface HopTimes {
  readonly service: ServiceName
  readonly passed: number
  readonly stopped: number
  /** Milliseconds of the decision in the middle. `undefined` if there was none. */
  readonly median: number | undefined
  /** Milliseconds of the slowest decision. */
  readonly slowest: number | undefined
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

/**
 * Verification times by service, from what the services themselves have logged.
 *
 * @param warmUps - How many decisions of each service came first and do not count.
 */
export function hopsOf(logs: Logs, warmUps: Readonly<Record<ServiceName, number>>): readonly HopTimes[] {
  return SERVICES.map((service) => {
    const decisions = decisionsOf(logs[service]).slice(warmUps[service])
    const times = decisions.map(({ durationMs }) => durationMs)
    const passed = decisions.filter(({ decision }) => decision === 'allowed').length
    const stopped = decisions.length - passed
    return { service, passed, stopped, median: median(times), slowest: times.toSorted((a, b) => b - a)[0] }
  })
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
