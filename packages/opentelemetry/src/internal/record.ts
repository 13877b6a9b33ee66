import {
  type Attributes,
  type Counter,
  context,
  type Histogram,
  type MeterProvider,
  metrics,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

/** Who decides: each has metrics of its own. */
export type Part = 'guard' | 'engine' | 'client' | 'authority'

/** One act of a part, and what came of it. */
export interface Act {
  /** The name of the span: `writ.decide`. */
  readonly name: string
  readonly decision: 'allowed' | 'refused' | 'failed'
  /** Of metrics and span. No value is one that a stranger can choose. */
  readonly attributes: Attributes
  /** Of the span alone. */
  readonly details?: Attributes | undefined
  /** Default: it took no time, and is not counted among those that did. */
  readonly durationMs?: number | undefined
}

interface Instruments {
  readonly acts: Counter
  readonly durations: Histogram
}

/** The name under which everything is recorded. */
export const SCOPE = '@writ/opentelemetry'

/** Seconds: a remembered token is decided in microseconds, a mint of an authority takes milliseconds. */
const BOUNDARIES = [
  0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1,
]

/** Instruments of a provider that is replaced would count for nobody, so each provider has its own. */
const instruments = new WeakMap<MeterProvider, Map<Part, Instruments>>()

/** Records an act that is over as a span, a count and a duration. */
export function recordAct(part: Part, act: Act): void {
  const { name, decision, details, durationMs } = act
  const attributes = { ...act.attributes, 'writ.decision': decision }
  const endTime = Date.now()
  const span = trace
    .getTracer(SCOPE)
    .startSpan(
      name,
      { kind: SpanKind.INTERNAL, startTime: endTime - (durationMs ?? 0), attributes: { ...attributes, ...details } },
      context.active(),
    )
  // A refusal is what a guard is for, and no error of the service.
  if (decision === 'failed') span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(endTime)
  countAct(part, attributes, durationMs)
}

/** Counts and times an act whose span is recorded elsewhere. */
export function countAct(part: Part, attributes: Attributes, durationMs: number | undefined): void {
  const { acts, durations } = instrumentsOf(part)
  acts.add(1, attributes)
  if (durationMs !== undefined) durations.record(durationMs / 1000, attributes)
}

function instrumentsOf(part: Part): Instruments {
  const provider = metrics.getMeterProvider()
  const known = instruments.get(provider) ?? new Map<Part, Instruments>()
  instruments.set(provider, known)
  const found = known.get(part)
  if (found !== undefined) return found
  const meter = provider.getMeter(SCOPE)
  const made = {
    acts: meter.createCounter(`writ.${part}.decisions`, {
      description: 'Decisions by what was decided.',
      unit: '{decision}',
    }),
    durations: meter.createHistogram(`writ.${part}.decision.duration`, {
      description: 'How long decisions took.',
      unit: 's',
      advice: { explicitBucketBoundaries: BOUNDARIES },
    }),
  }
  known.set(part, made)
  return made
}
