import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  compileRequirement,
  createGuardEngine,
  type GuardEngine,
  type GuardOutcome,
  type HttpGuardOptions,
  type RequirementDefaults,
  type Requirements,
} from '@writ/http'
import {
  type AppDescription,
  type ConformanceGuard,
  type ConformanceTarget,
  ORIGIN,
  type RouteDescription,
} from '../../src/index.ts'
import { type Exchange, type Parts, referenceParts } from './reference-parts.ts'

/** What is wrong with an adapter: parts that differ from the right ones, other options of its guard, or another description. */
export interface Sabotage {
  readonly parts?: (parts: Parts) => Partial<Parts>
  readonly options?: (options: HttpGuardOptions) => HttpGuardOptions
  readonly app?: (app: AppDescription) => AppDescription
}

/** An adapter on plain `node:http`, with a router of its own, that conforms unless it is sabotaged. */
export function referenceTarget({
  parts: sabotage,
  options = same,
  app: other = same,
}: Sabotage = {}): ConformanceTarget {
  return {
    name: 'the reference adapter',
    async mount(described) {
      const app = other(described)
      const right: Parts = { ...referenceParts }
      const parts: Parts = { ...right, ...sabotage?.(right) }
      const engine = createGuardEngine<Exchange>(options(app.options) as HttpGuardOptions<Exchange>)
      const routes = routesOf(app).map((route) => ({ route, guards: route.guards.map(requirementsOf) }))
      const server = createServer({ maxHeaderSize: 65_536 }, (req, res) => {
        slowDown(app, res)
        serve(app, parts, engine, routes, req, res).catch(() => {
          if (!res.headersSent) res.writeHead(500)
          res.end()
        })
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () => new Promise((resolve) => server.close(() => resolve())),
      }
    },
  }
}

interface BuiltRoute {
  readonly route: RouteDescription
  readonly guards: readonly (Requirements<Exchange> | undefined)[]
}

async function serve(
  app: AppDescription,
  parts: Parts,
  engine: GuardEngine<Exchange>,
  routes: readonly BuiltRoute[],
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  await app.slow?.beforeGuard?.()
  if (app.cors) res.setHeader('Access-Control-Allow-Origin', ORIGIN)
  if (app.cors && req.headers['access-control-request-method'] && req.method === 'OPTIONS')
    return void res.writeHead(204).end()
  const found = find(parts, routes, req)
  if (found === undefined) return void res.writeHead(404).end()
  // What nobody reads is read away, so that the connection can be used again.
  const body = app.json ? parse(await text(req)) : void req.resume()
  const exchange: Exchange = { req, res, app, route: found.built.route, params: found.params, body }
  const run = async () => {
    await app.slow?.beforeHandler?.()
    await parts.handle(exchange)
  }
  parts.begin(exchange, run)
  const view = parts.view(exchange)
  for (const requirements of parts.guarded(exchange) ? found.built.guards : []) {
    const decide = async (seen = view): Promise<GuardOutcome> =>
      requirements ? engine.decide(requirements, seen, exchange) : { allowed: true }
    const outcome = await parts.ask(exchange, decide, view)
    if (!parts.passes(outcome, exchange)) {
      if (!outcome.allowed) await parts.refuse(exchange, outcome.refusal, run)
      return
    }
    if (outcome.allowed) parts.attach(exchange, outcome.capability, outcome.code)
    for (const [name, value] of Object.entries(parts.headers(outcome))) res.setHeader(name, value)
  }
  await run()
}

function find(parts: Parts, routes: readonly BuiltRoute[], { method, url = '' }: IncomingMessage) {
  const [path = ''] = url.replace(/^https?:\/\/[^/]*/, '').split('?')
  for (const built of routes) {
    if (built.route.method !== method && !(method === 'HEAD' && built.route.method === 'GET')) continue
    const params = parts.match(built.route.path, path)
    if (params) return { built, params }
  }
  return undefined
}

function routesOf({ routes, mounts }: AppDescription): RouteDescription[] {
  const mounted = mounts.flatMap((mount) =>
    mount.routes.map((route) => ({ ...route, path: `${mount.path}${route.path}` })),
  )
  return [...routes, ...mounted]
}

function requirementsOf(guard: ConformanceGuard): Requirements<Exchange> | undefined {
  if (guard === 'public') return undefined
  const { defaults = [], requirement } = guard
  const given = [requirement].flat() as readonly RequirementDefaults[]
  return given.map((one) => compileRequirement(...defaults, one)) as unknown as Requirements<Exchange>
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

/** The end of each answer waits for the app. */
function slowDown({ slow }: AppDescription, res: ServerResponse): void {
  const { beforeSend } = slow ?? {}
  if (!beforeSend) return
  const end = res.end as (...args: unknown[]) => ServerResponse
  res.end = ((...args: unknown[]) => {
    void beforeSend().then(() => end.apply(res, args))
    return res
  }) as ServerResponse['end']
}

function same<T>(value: T): T {
  return value
}
