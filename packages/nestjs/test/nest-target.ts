import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { ArgumentsHost, INestApplication, NestInterceptor } from '@nestjs/common'
import {
  Catch,
  Controller,
  type ExceptionFilter,
  Header,
  HttpCode,
  Module,
  Param,
  RequestMapping,
  RequestMethod,
  StreamableFile,
  type Type,
} from '@nestjs/common'
import { NestFactory, RouterModule } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import {
  type AppDescription,
  type ConformanceGuard,
  type ConformanceTarget,
  type ErrorAnswer,
  ORIGIN,
  type RouteDescription,
  type SlowPaths,
} from '@writ/testing'
import {
  Capability,
  CapabilityException,
  Public,
  RequireAnyCapability,
  RequireCapability,
  WritModule,
} from '../src/index.ts'

/** Both platforms that the adapter is for. */
export const platforms = ['Express', 'Fastify'] as const
export type Platform = (typeof platforms)[number]

/** Starts an app on a free port of the loopback interface, without a log. */
export async function start(
  platform: Platform,
  module: Type,
  { json = true, setUp }: { json?: boolean; setUp?: (app: INestApplication) => void } = {},
): Promise<INestApplication> {
  const adapter =
    platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter({ http: { maxHeaderSize: 65_536 } })
  const app = await NestFactory.create(module, adapter, { logger: false, abortOnError: false, bodyParser: json })
  // Fastify reads every body, and has an answer of its own to types that it does not know.
  if (!json && platform === 'Fastify')
    app
      .getHttpAdapter()
      .getInstance()
      .addContentTypeParser('*', (_req: unknown, _body: unknown, done: () => void) => done())
  setUp?.(app)
  try {
    await app.listen(0, '127.0.0.1')
  } catch (error) {
    await app.close()
    throw error
  }
  return app
}

/** Nest's guards run after Fastify has read the body, and it refuses some itself, by 400. */
const ANSWERED_BY_FASTIFY = {
  'a body that gives itself a prototype names no object': 'Fastify refuses such JSON before any guard',
  'no body names no object': 'Fastify refuses a JSON content type without a body before any guard',
}

/** The adapter on one platform, as the conformance suite wants it. */
export function nestTarget(platform: Platform): ConformanceTarget {
  return {
    name: `Nest on ${platform}`,
    ...(platform === 'Fastify' && { skip: ANSWERED_BY_FASTIFY }),
    async mount(description) {
      const { cors, json, slow = {}, onError } = description
      const app = await start(platform, moduleOf(description), {
        json,
        setUp(app) {
          addSlowPaths(app, platform, slow)
          if (cors) app.enableCors({ origin: ORIGIN, allowedHeaders: ['authorization'] })
          if (onError) app.useGlobalFilters(filterOf(onError))
        },
      })
      const { port } = app.getHttpServer().address()
      return { url: `http://127.0.0.1:${port}`, close: () => app.close() }
    },
  }
}

function addSlowPaths(app: INestApplication, platform: Platform, slow: SlowPaths): void {
  const { beforeGuard, beforeHandler, beforeSend } = slow
  if (beforeHandler) app.useGlobalInterceptors(continueAfter(beforeHandler))
  if (platform === 'Fastify') {
    const fastify = app.getHttpAdapter().getInstance()
    if (beforeGuard) fastify.addHook('onRequest', async () => beforeGuard())
    if (!beforeSend) return
    fastify.addHook('onSend', async (_request: unknown, _reply: unknown, payload: unknown) => {
      await beforeSend()
      return payload
    })
    return
  }
  app.use((_req: unknown, res: ServerResponse, next: (error?: unknown) => void) => {
    if (beforeSend) {
      const end = res.end as (...args: unknown[]) => ServerResponse
      res.end = ((...args: unknown[]) => {
        void beforeSend().then(() => end.apply(res, args), next)
        return res
      }) as ServerResponse['end']
    }
    if (beforeGuard) void beforeGuard().then(() => next(), next)
    else next()
  })
}

/** Interceptors run between the guards and the handler. */
function continueAfter(wait: () => Promise<void>): NestInterceptor {
  return {
    async intercept(_context, next) {
      await wait()
      return next.handle()
    },
  }
}

function moduleOf({ options, routes, mounts }: AppDescription): Type {
  const modules = mounts.map((mount) => ({ path: mount.path, module: controllersOf(mount.routes) }))
  class AppModule {}
  Module({
    imports: [
      WritModule.forRoot({ ...options, checkRoutes: !hasOddParams(routes) }),
      ...modules.map(({ module }) => module),
      RouterModule.register(modules),
    ],
    controllers: routes.map(controllerOf),
  })(AppModule)
  return AppModule
}

function controllersOf(routes: readonly RouteDescription[]): Type {
  class MountedModule {}
  Module({ controllers: routes.map(controllerOf) })(MountedModule)
  return MountedModule
}

/** The cases of params that a route does not have: those are found at start-up here. */
function hasOddParams(routes: readonly RouteDescription[]): boolean {
  return /"tenantId":"(constructor|__proto__|toString|hasOwnProperty|then)"/.test(JSON.stringify(routes))
}

/** A controller of one route. Defaults of defaults are those of a parent class. */
function controllerOf({ method, path, guards, accessor, headers = {}, streamed, handle }: RouteDescription): Type {
  class Parent {}
  class Routes extends Parent {
    async handle(params: Record<string, unknown>, capability: Parameters<RouteDescription['handle']>[0]['capability']) {
      const answer = await handle({ capability, params })
      if (!streamed) return answer
      return new StreamableFile(Readable.from(answer as AsyncIterable<string>), { type: 'text/plain' })
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Routes.prototype, 'handle')!
  const decorate = (decorator: MethodDecorator) => decorator(Routes.prototype, 'handle', descriptor)
  Param()(Routes.prototype, 'handle', 0)
  Capability({ optional: accessor === 'optionalCapability' })(Routes.prototype, 'handle', 1)
  decorate(RequestMapping({ path, method: RequestMethod[method] }))
  decorate(HttpCode(200))
  for (const [name, value] of Object.entries(headers)) decorate(Header(name, value))
  for (const guard of guards.toReversed()) decorate(decoratorOf(guard))
  const [outer, inner, ...others] = guards.flatMap((guard) => (guard === 'public' ? [] : (guard.defaults ?? [])))
  if (others.length > 0) throw new Error('no more than two defaults')
  if (outer) RequireCapability(outer)(inner ? Parent : Routes)
  if (inner) RequireCapability(inner)(Routes)
  Controller()(Routes)
  return Routes
}

function decoratorOf(guard: ConformanceGuard): MethodDecorator {
  if (guard === 'public') return Public()
  const { requirement } = guard
  return Array.isArray(requirement) ? RequireAnyCapability(requirement) : RequireCapability(requirement as object)
}

/** An app's own filter, which answers in its own words. */
function filterOf(onError: (error: unknown) => ErrorAnswer): ExceptionFilter {
  class OwnFilter implements ExceptionFilter {
    catch(exception: CapabilityException, host: ArgumentsHost) {
      const { status, headers, body } = onError(exception.cause)
      const response = host.switchToHttp().getResponse()
      for (const [name, value] of Object.entries(headers)) response.header(name, value)
      response.status(status).send(body)
    }
  }
  Catch(CapabilityException)(OwnFilter)
  return new OwnFilter()
}
