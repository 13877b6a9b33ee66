import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { attachedCapability, demandCapability } from '@writ/http'
import {
  type AppDescription,
  type ConformanceGuard,
  type ConformanceTarget,
  ORIGIN,
  type RouteDescription,
} from '@writ/testing'
import { type Exchange, type GuardHandler, type HelloGuard, writ } from '../src/index.ts'

/** The adapter, with a router of a few lines, as the conformance suite wants it. */
export const helloTarget: ConformanceTarget = {
  name: 'node:http',
  async mount(app) {
    const guard = writ(app.options)
    const mounted = app.mounts.flatMap(({ path, routes }) =>
      routes.map((route) => ({ ...route, path: `${path}${route.path}` })),
    )
    const routes = [...app.routes, ...mounted].map((route) => ({
      route,
      guards: route.guards.map((described) => handlerOf(guard, described)),
    }))
    const server = createServer({ maxHeaderSize: 65_536 }, (req, res) => {
      sendAfter(res, app.slow?.beforeSend)
      answer(app, routes, req, res).catch((error: unknown) => answerError(app, res, error))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      close: () => new Promise((resolve) => server.close(() => resolve())),
    }
  },
}

interface GuardedRoute {
  readonly route: RouteDescription
  readonly guards: readonly GuardHandler[]
}

async function answer(
  app: AppDescription,
  routes: readonly GuardedRoute[],
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  await app.slow?.beforeGuard?.()
  if (app.cors) res.setHeader('Access-Control-Allow-Origin', ORIGIN)
  if (app.cors && req.method === 'OPTIONS' && req.headers['access-control-request-method']) {
    res.writeHead(204).end()
    return
  }
  const found = find(routes, req)
  if (found === undefined) {
    res.writeHead(404).end()
    return
  }
  // A body that nobody reads is drained, so that the connection can be used again.
  const body = app.json ? parse(await text(req)) : void req.resume()
  const exchange: Exchange = { req, res, params: found.params, body }
  for (const mayPass of found.guards) if (!(await mayPass(exchange))) return
  await app.slow?.beforeHandler?.()
  await handle(found.route, exchange)
}

function find(routes: readonly GuardedRoute[], { method, url = '' }: IncomingMessage) {
  const [path = ''] = url.replace(/^https?:\/\/[^/]*/, '').split('?')
  for (const { route, guards } of routes) {
    const sameMethod = route.method === method || (route.method === 'GET' && method === 'HEAD')
    const params = sameMethod ? match(route.path, path) : undefined
    if (params) return { route, guards, params }
  }
  return undefined
}

/** The params of a path that a pattern of `:names` and texts fits, or `undefined`. */
function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  // A slash at the end makes no difference.
  if (given.length === wanted.length + 1 && given.at(-1) === '') given.pop()
  if (given.length !== wanted.length) return undefined
  const params: Record<string, string> = Object.create(null)
  for (const [index, part] of wanted.entries()) {
    const segment = given[index] ?? ''
    if (!part.startsWith(':')) {
      if (part !== segment) return undefined
    } else if (segment === '') return undefined
    else params[part.slice(1)] = decodeURIComponent(segment)
  }
  return params
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

function handlerOf(guard: HelloGuard, described: ConformanceGuard): GuardHandler {
  if (described === 'public') return guard.public()
  const { defaults = [], requirement } = described
  const narrowed = defaults.reduce((outer, one) => outer.with(one), guard)
  return narrowed(requirement as Parameters<HelloGuard>[0])
}

async function handle(route: RouteDescription, { req, res, params }: Exchange): Promise<void> {
  const capability =
    route.accessor === 'capability' ? demandCapability(req, `${req.method} ${route.path}`) : attachedCapability(req)
  const answered = await route.handle({ capability, params: { ...params } })
  for (const [name, value] of Object.entries(route.headers ?? {})) res.setHeader(name, value)
  if (route.streamed) {
    // A client that goes away ends both.
    pipeline(Readable.from(answered as AsyncIterable<string>), res.setHeader('Content-Type', 'text/plain'), () => {})
  } else res.setHeader('Content-Type', 'application/json').end(JSON.stringify(answered))
}

function answerError({ onError }: AppDescription, res: ServerResponse, error: unknown): void {
  const { status, headers, body } = onError?.(error) ?? { status: 500, headers: {}, body: '' }
  if (res.headersSent) res.end()
  else res.writeHead(status, headers).end(body)
}

/** The end of each answer waits for the app, as with middleware that compresses or keeps a session. */
function sendAfter(res: ServerResponse, wait: (() => Promise<void>) | undefined): void {
  if (!wait) return
  const end = res.end as (...args: unknown[]) => ServerResponse
  res.end = ((...args: unknown[]) => {
    void wait().then(() => end.apply(res, args))
    return res
  }) as ServerResponse['end']
}
