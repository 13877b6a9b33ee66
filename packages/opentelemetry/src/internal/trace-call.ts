import { type Attributes, context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { countAct, type Part, SCOPE } from './record.ts'

/** What came of a call. */
export interface Outcome {
  readonly decision: 'allowed' | 'refused' | 'failed'
  /** Of metrics and span. No value is one that a stranger can choose. */
  readonly attributes?: Attributes
  /** Of the span alone. */
  readonly details?: Attributes
}

/** How a call is recorded. */
export interface TracedCall<Result> {
  readonly part: Part
  /** The name of the span: `writ.mint`. */
  readonly name: string
  readonly kind?: SpanKind
  readonly attributes: Attributes
  readonly resolved: (result: Result) => Outcome
  readonly rejected: (error: unknown) => Outcome
}

/** Runs a call within a span, whose children are what the call does, and counts and times it. */
export function traceCall<Result>(call: TracedCall<Result>, act: () => Promise<Result>): Promise<Result> {
  const { part, name, kind = SpanKind.INTERNAL, attributes } = call
  const start = performance.now()
  const span = trace.getTracer(SCOPE).startSpan(name, { kind, attributes })

  function end({ decision, attributes: more, details }: Outcome): void {
    const own = { ...more, 'writ.decision': decision }
    span.setAttributes({ ...own, ...details })
    // Not the exception: its text may hold what was asked for.
    if (decision === 'failed') span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
    countAct(part, { ...attributes, ...own }, performance.now() - start)
  }

  return context.with(trace.setSpan(context.active(), span), async () => {
    let result: Result
    try {
      result = await act()
    } catch (error) {
      end(call.rejected(error))
      throw error
    }
    end(call.resolved(result))
    return result
  })
}
