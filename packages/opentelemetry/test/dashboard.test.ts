import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { metrics } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { serveAuthority } from '@writ/authority'
import { expect, it, onTestFinished } from 'vitest'
import { recordDecisions, traceClient, traceEngine } from '../src/index.ts'

/** What Prometheus reads of a process in which each part has decided once. */
async function scraped(): Promise<string> {
  const prometheus = new PrometheusExporter({ preventServerStart: true })
  const provider = new MeterProvider({ readers: [prometheus] })
  metrics.setGlobalMeterProvider(provider)
  onTestFinished(async () => {
    metrics.disable()
    await provider.shutdown()
  })
  const refused = { allowed: false, enforced: false, code: 'revoked', requirement: { resource: 'r' }, operation: 'o' }
  recordDecisions()({ ...refused, durationMs: 1 })
  const act = async (..._request: readonly never[]) => 'token'
  const part = { mint: act, mintIdentity: act, mintContext: act, forkContext: act, addExposure: act }
  await traceEngine(part).mint({ target: 't', operation: 'o' } as never)
  const client = { mint: act, capabilityFor: act, fetch: async () => new Response() }
  await traceClient(client).mint({ target: 't', operation: 'o' } as never)

  const folder = await mkdtemp(join(tmpdir(), 'writ-telemetry-'))
  const authority = await serveAuthority({ folder, port: 0 })
  onTestFinished(async () => {
    await authority.close()
    await rm(folder, { recursive: true })
  })
  await fetch(`${authority.url}/healthz`)
  const own = await (await fetch(`${authority.url}/metrics`)).text()
  const { resourceMetrics } = await prometheus.collect()
  return `${own}\n${new PrometheusSerializer().serialize(resourceMetrics)}`
}

it('the dashboard asks for metrics and labels that there are', async () => {
  const text = await scraped()
  const dashboard = JSON.parse(await readFile(new URL('../grafana.json', import.meta.url), 'utf8'))
  const queries: string[] = dashboard.panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  )
  expect(queries.length).toBeGreaterThan(10)
  const exported = new Set([...text.matchAll(/^(\w+)[{ ]/gm)].map(([, name]) => name))
  const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, name]) => name))
  for (const query of queries) {
    // With the unit in its name, as collectors write it, or without, as the exporter of Node does.
    const [name = ''] = /writ_(?:guard|engine|client|authority)_[\w()?]+/.exec(query) ?? []
    const pattern = new RegExp(`^${name.replace(/\)$/, '')}$`)
    expect([name, [...exported].some((one) => pattern.test(one ?? ''))]).toEqual([name, true])
    const grouped = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '))
    const matched = [...query.matchAll(/[{ ](\w+)!?="/g)].map(([, label = '']) => label)
    for (const label of [...grouped, ...matched])
      expect([query, label, labels.has(label)]).toEqual([query, label, true])
  }
})
