import { context, metrics, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

/** What the SDK of OpenTelemetry has recorded. */
export interface Telemetry {
  /** Name, attributes and whether it is an error, of each span that has ended. */
  spans(): { name: string; attributes: object; failed: boolean; parent: string | undefined; durationMs: number }[]
  /** The points of a metric: attributes, and a count. */
  points(name: string): Promise<{ attributes: object; count: number }[]>
  /** All that was recorded, as text. */
  everything(): Promise<string>
  remove(): Promise<void>
}

/** Installs the SDK for the whole process, with exporters that keep everything. */
export function installTelemetry(): Telemetry {
  const spanExporter = new InMemorySpanExporter()
  const tracing = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })] })
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 1e8 })
  const metering = new MeterProvider({ readers: [reader] })
  trace.setGlobalTracerProvider(tracing)
  metrics.setGlobalMeterProvider(metering)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())

  const collected = async () => {
    await reader.forceFlush()
    return (
      metricExporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
    )
  }
  return {
    spans: () =>
      spanExporter.getFinishedSpans().map(({ name, attributes, status, parentSpanContext, duration }) => ({
        name,
        attributes,
        failed: status.code === 2,
        parent: parentSpanContext?.spanId,
        durationMs: duration[0] * 1000 + duration[1] / 1e6,
      })),
    async points(name) {
      const found = (await collected()).find(({ descriptor }) => descriptor.name === name)
      return (found?.dataPoints ?? []).map(({ attributes, value }) => ({
        attributes,
        count: typeof value === 'number' ? value : value.count,
      }))
    },
    async everything() {
      const spans = spanExporter
        .getFinishedSpans()
        .map(({ name, attributes, events, status }) => ({ name, attributes, events, status }))
      return JSON.stringify([spans, await collected()])
    },
    async remove() {
      for (const api of [trace, metrics, context, propagation]) api.disable()
      await Promise.all([tracing.shutdown(), metering.shutdown()])
    },
  }
}
