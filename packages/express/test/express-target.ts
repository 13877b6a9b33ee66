import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type AppDescription,
  type ConformanceGuard,
  type ConformanceTarget,
  ORIGIN,
  type RouteDescription,
} from '@writ/testing'
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
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

function build(express: ExpressModule, { options, cors, json, routes, mounts, onError }: AppDescription): Express {
  const app = express()
  // Error pages go to the client all the same; only the log is silenced.
  app.set('env', 'test')
  const guard = writ(options)
  if (cors) app.use(allowOrigin)
  if (json) app.use(express.json())
  for (const route of routes) addRoute(app, route, guard)
  for (const mount of mounts) {
    const mounted = express()
    for (const route of mount.routes) addRoute(mounted, route, guard)
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

function addRoute(
  app: Express,
  { method, path, guards, accessor, handle }: RouteDescription,
  guard: ExpressGuard,
): void {
  const handler: RequestHandler = (req, res) => {
    const attached = accessor === 'capability' ? capability(req) : optionalCapability(req)
    res.json(handle({ capability: attached, params: req.params }))
  }
  const verb = method.toLowerCase() as 'get'
  app[verb](path, ...guards.map((one) => handlerOf(guard, one)), handler)
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
