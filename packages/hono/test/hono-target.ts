import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import {
  type AppDescription,
  type ConformanceGuard,
  type ConformanceTarget,
  ORIGIN,
  type RouteDescription,
  type SlowPaths,
} from '@writ/testing'
import { Hono, type MiddlewareHandler } from 'hono'
import { cors as allowOrigin } from 'hono/cors'
import {
  assertGuarded,
  capability,
  type GuardHandler,
  type HonoGuard,
  optionalCapability,
  type WritOptions,
  writ,
} from '../src/index.ts'

/** The adapter over @hono/node-server, as the conformance suite wants it. */
export const honoTarget: ConformanceTarget = {
  name: 'Hono',
  skip: {
    'a designate function sees the address of the caller': 'Hono leaves it to getConnInfo of the runtime',
  },
  async mount(description) {
    const app = build(description)
    const listener = getRequestListener(app.fetch)
    const server = createServer({ maxHeaderSize: 65_536 }, (req, res) => void listener(req, res))
    server.listen(0, '127.0.0.1')
    await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
    const { port } = server.address() as AddressInfo
    return {
      url: `http://127.0.0.1:${port}`,
      close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
    }
  },
}

function build({ options, cors, routes, mounts, slow = {}, onError }: AppDescription): Hono {
  const { beforeGuard, beforeSend } = slow
  const app = new Hono()
  const guard = writ(options as WritOptions)
  if (beforeSend) app.use(sendAfter(beforeSend))
  if (beforeGuard) app.use(continueAfter(beforeGuard))
  if (cors) app.use(allowOrigin({ origin: ORIGIN }))
  for (const route of routes) addRoute(app, route, guard, slow)
  for (const mount of mounts) {
    const mounted = new Hono()
    for (const route of mount.routes) addRoute(mounted, route, guard, slow)
    app.route(mount.path, mounted)
  }
  app.onError((error, c) => {
    if (!onError) return c.text('', 500)
    const { status, headers, body } = onError(error)
    return c.body(body, status as 403, headers)
  })
  assertRoutes(app, routes)
  return app
}

/** All but the cases of params that a route does not have: those are found at start-up here. */
function assertRoutes(app: Hono, routes: readonly RouteDescription[]): void {
  const params = routes.flatMap(({ guards }) => guards).filter((guard) => guard !== 'public')
  if (!JSON.stringify(params).match(/"tenantId":"(constructor|__proto__|toString|hasOwnProperty|then)"/))
    assertGuarded(app)
}

function addRoute(app: Hono, route: RouteDescription, guard: HonoGuard, { beforeHandler }: SlowPaths): void {
  const { method, path, guards, accessor, headers = {}, streamed, handle } = route
  const between = beforeHandler ? [continueAfter(beforeHandler)] : []
  app.on([method], [path], ...guards.map((one) => handlerOf(guard, one)), ...between, async (c) => {
    const attached = accessor === 'capability' ? capability(c) : optionalCapability(c)
    const answer = await handle({ capability: attached, params: c.req.param() })
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    if (!streamed) return c.json(answer as object)
    const chunks = ReadableStream.from(answer as AsyncIterable<string>).pipeThrough(new TextEncoderStream())
    return c.body(chunks, 200, { 'Content-Type': 'text/plain' })
  })
}

function handlerOf(guard: HonoGuard, described: ConformanceGuard): GuardHandler {
  if (described === 'public') return guard.public()
  const { defaults = [], requirement } = described
  const narrowed = defaults.reduce((outer, one) => outer.with(one), guard)
  return narrowed(requirement as Parameters<HonoGuard>[0])
}

function continueAfter(wait: () => Promise<void>): MiddlewareHandler {
  return async (_c, next) => {
    await wait()
    await next()
  }
}

function sendAfter(wait: () => Promise<void>): MiddlewareHandler {
  return async (_c, next) => {
    await next()
    await wait()
  }
}
