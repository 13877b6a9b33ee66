import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import {
  type AppDescription,
  type ConformanceGuard,
  type ConformanceTarget,
  ORIGIN,
  type RouteDescription,
  type SlowPaths,
} from '@writ/testing'
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express'
import express5 from 'express'
// @ts-expect-error: the types of Express 5 serve both versions here
import express4Untyped from 'express4'
import {
  assertGuarded,
  capability,
  type ExpressGuard,
  type GuardHandler,
  optionalCapability,
  writ,
} from '../src/index.ts'

export type ExpressModule = typeof express5

export const express4: ExpressModule = express4Untyped
export { express5 }

/** Both versions that the adapter is for. */
export const versions: readonly (readonly [name: string, express: ExpressModule])[] = [
  ['Express 5', express5],
  ['Express 4', express4],
]

/** The adapter on one version of Express, as the conformance suite wants it. */
export function expressTarget(name: string, express: ExpressModule): ConformanceTarget {
  return {
    name,
    async mount(description) {
      const app = build(express, description)
      assertRoutes(app, description)
      const server = createServer({ maxHeaderSize: 65_536 }, app).listen(0, '127.0.0.1')
      await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
      const { port } = server.address() as AddressInfo
      return {
        url: `http://127.0.0.1:${port}`,
        close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
      }
    },
  }
}

function build(
  express: ExpressModule,
  { options, cors, json, routes, mounts, slow = {}, onError }: AppDescription,
): Express {
  const app = express()
  // Error pages go to the client all the same; only the log is silenced.
  app.set('env', 'test')
  const guard = writ(options)
  if (slow.beforeSend) app.use(sendAfter(slow.beforeSend))
  if (slow.beforeGuard) app.use(continueAfter(slow.beforeGuard))
  if (cors) app.use(allowOrigin)
  if (json) app.use(express.json())
  for (const route of routes) addRoute(app, route, guard, slow)
  for (const mount of mounts) {
    const mounted = express()
    for (const route of mount.routes) addRoute(mounted, route, guard, slow)
    assertRoutes(mounted, { routes: mount.routes })
    app.use(mount.path, mounted)
  }
  if (onError) {
    const handler: ErrorRequestHandler = (error, _req, res, _next) => {
      const { status, headers, body } = onError(error)
      res.status(status).set(headers).end(body)
    }
    app.use(handler)
  }
  return app
}

/** All but the cases of params that a route does not have: those are found at start-up here. */
function assertRoutes(app: Express, { routes }: Pick<AppDescription, 'routes'>): void {
  const params = routes.flatMap(({ guards }) => guards).filter((guard) => guard !== 'public')
  if (!JSON.stringify(params).match(/"tenantId":"(constructor|__proto__|toString|hasOwnProperty|then)"/))
    assertGuarded(app)
}

function addRoute(app: Express, route: RouteDescription, guard: ExpressGuard, { beforeHandler }: SlowPaths): void {
  const guards = route.guards.map((one) => handlerOf(guard, one))
  const between = beforeHandler ? [continueAfter(beforeHandler)] : []
  const verb = route.method.toLowerCase() as 'get'
  // Express 4 does not look at what a handler returns.
  app[verb](route.path, ...guards, ...between, (req, res, next) => void answer(route, req, res).catch(next))
}

async function answer(route: RouteDescription, req: Request, res: Response): Promise<void> {
  const attached = route.accessor === 'capability' ? capability(req) : optionalCapability(req)
  const answered = await route.handle({ capability: attached, params: req.params })
  res.set(route.headers ?? {})
  if (!route.streamed) return void res.json(answered)
  // A client that goes away ends both.
  pipeline(Readable.from(answered as AsyncIterable<string>), res.type('text/plain'), () => {})
}

function handlerOf(guard: ExpressGuard, described: ConformanceGuard): GuardHandler {
  if (described === 'public') return guard.public()
  const { defaults = [], requirement } = described
  const narrowed = defaults.reduce((outer, one) => outer.with(one), guard)
  return narrowed(requirement as Parameters<ExpressGuard>[0])
}

const allowOrigin: RequestHandler = (req, res, next) => {
  res.set({ 'Access-Control-Allow-Origin': ORIGIN, Vary: 'Origin' })
  if (req.method === 'OPTIONS' && req.get('access-control-request-method')) {
    res.status(204).set('Access-Control-Allow-Headers', 'authorization').end()
  } else next()
}

function continueAfter(wait: () => Promise<void>): RequestHandler {
  return (_req, _res, next) => void wait().then(() => next(), next)
}

/** As middleware that compresses, or keeps a session, does it. */
function sendAfter(wait: () => Promise<void>): RequestHandler {
  return (_req, res, next) => {
    const end = res.end as (...args: unknown[]) => Response
    res.end = ((...args: unknown[]) => {
      void wait().then(() => end.apply(res, args), next)
      return res
    }) as Response['end']
    next()
  }
}
