import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Act } from './act.ts'

/** Counts of one authority. No label has a value that a caller chose. */
export interface Metrics {
  readonly contentType: string
  /** In the format of Prometheus. */
  print(): Promise<string>
  count(act: Act): void
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Creates the metrics, in a registry of their own: several authorities may be in one process. */
export function createMetrics(openStreams: () => number): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const acts = new Counter({
    name: 'writ_authority_acts_total',
    help: 'Acts by what was decided, with the code of the refusal.',
    labelNames: ['act', 'decision', 'code'],
    registers,
  })
  const durations = new Histogram({
    name: 'writ_authority_request_seconds',
    help: 'How long requests took. Streams count until they have begun.',
    labelNames: ['act'],
    buckets: SECONDS,
    registers,
  })
  new Gauge({
    name: 'writ_authority_feed_streams',
    help: 'Verifiers that follow the revocation feed by a stream.',
    registers,
    collect() {
      this.set(openStreams())
    },
  })
  return Object.freeze({
    contentType: registry.contentType,
    print: () => registry.metrics(),
    count({ act, decision, code, durationMs }) {
      acts.inc({ act, decision, code })
      if (durationMs !== undefined) durations.observe({ act }, durationMs / 1000)
    },
  } satisfies Metrics)
}
