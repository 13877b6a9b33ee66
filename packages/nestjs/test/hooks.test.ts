import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestModule,
  Param,
  type PipeTransform,
  Post,
  Res,
  Scope,
  Header as SetHeader,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { createTestAuthority } from '@writ/testing'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type CapabilityException,
  CapabilityGuard,
  RequireCapability,
  WritModule,
  type WritModuleExtras,
  type WritOptions,
} from '../src/index.ts'
import { delayAnswers } from './delay-answers.ts'
import { type Platform, platforms, start } from './nest-target.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }

let app: INestApplication | undefined
let ran: string[] = []
afterEach(async () => {
  await app?.close()
  app = undefined
  ran = []
})

type Parts = Parameters<typeof Module>[0] & {
  readonly writ?: Partial<WritOptions & WritModuleExtras>
  readonly setUp?: (app: INestApplication) => void
  readonly configure?: (consumer: MiddlewareConsumer) => void
}

async function serve(platform: Platform, { writ, setUp, configure, imports = [], ...parts }: Parts): Promise<void> {
  @Module({ ...parts, imports: [...imports, WritModule.forRoot({ ...options, ...writ })] })
  class AppModule implements NestModule {
    configure(consumer: MiddlewareConsumer) {
      configure?.(consumer)
    }
  }
  app = await start(platform, AppModule, setUp && { setUp })
}

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(`http://127.0.0.1:${app?.getHttpServer().address().port}${path}`, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const withToken = { headers: authority.headersFor(token) }

/** Everything of the user that Nest runs on the way to a handler, behind the guards. */
@Injectable()
class NotingPipe implements PipeTransform {
  transform(value: unknown) {
    ran.push('pipe')
    return value
  }
}
@Injectable()
class NotingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    ran.push('interceptor')
    return next.handle()
  }
}
const Noted = createParamDecorator(() => {
  ran.push('param')
  return 'noted'
})
@Controller(':tenantId/files')
@UseInterceptors(NotingInterceptor)
class FilesController {
  @Get()
  @RequireCapability({ resource: 'files', operation: 'read', designate: ['tenantId'] })
  list(@Param('tenantId', NotingPipe) tenantId: string, @Noted() _noted: string) {
    ran.push('handler')
    return { tenantId }
  }
}

@Catch()
class SlowFilter implements ExceptionFilter {
  async catch(exception: CapabilityException, host: ArgumentsHost) {
    await setTimeout(20)
    host.switchToHttp().getResponse().status(exception.getStatus()).send({ slow: true })
  }
}

/** A module with a guard that Nest asks before ours. */
function earlyGuard(canActivate: CanActivate['canActivate']): Type {
  @Module({ providers: [{ provide: APP_GUARD, useValue: { canActivate } }] })
  class EarlyGuardModule {}
  return EarlyGuardModule
}

describe.each(platforms)('on %s', (platform) => {
  it('a refusal lets no interceptor, pipe, param decorator or handler run', async () => {
    await serve(platform, { controllers: [FilesController] })
    expect((await call('/acme/files', withToken)).text).toBe('{"tenantId":"acme"}')
    expect(ran.toSorted()).toEqual(['handler', 'interceptor', 'param', 'pipe'])
    ran = []
    expect((await call('/acme/files')).status).toBe(401)
    expect((await call('/globex/files', withToken)).status).toBe(403)
    expect(ran).toEqual([])
  })

  it.each(['answer', 'error'] as const)(
    'a refusal whose answer a hook of the platform delays lets nothing run, refuse: %s',
    async (refuse) => {
      const setUp = (nest: INestApplication) => delayAnswers(platform, nest)
      await serve(platform, { controllers: [FilesController], setUp, writ: { refuse } })
      const answers = await Promise.all(Array.from({ length: 20 }, () => call('/acme/files')))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
      await setTimeout(40)
      expect(ran).toEqual([])
      expect((await call('/acme/files', withToken)).text).toBe('{"tenantId":"acme"}')
    },
  )

  it.each(['answer', 'error'] as const)(
    'a refusal that a filter answers late lets nothing run, refuse: %s',
    async (refuse) => {
      const setUp = (nest: INestApplication) => nest.useGlobalFilters(new SlowFilter())
      await serve(platform, { controllers: [FilesController], setUp, writ: { refuse } })
      expect(await call('/acme/files')).toMatchObject({ status: 401, text: '{"slow":true}' })
      await setTimeout(40)
      expect(ran).toEqual([])
    },
  )

  it('a refusal that a filter of the controller turns into an answer of its own lets nothing run', async () => {
    @Catch()
    class SwallowingFilter implements ExceptionFilter {
      catch(_exception: unknown, host: ArgumentsHost) {
        host.switchToHttp().getResponse().status(200).send({ swallowed: true })
      }
    }
    @Controller(':tenantId/swallow')
    @UseFilters(SwallowingFilter)
    class SwallowingController extends FilesController {}
    await serve(platform, { controllers: [SwallowingController] })
    expect(await call('/acme/swallow')).toMatchObject({ status: 200, text: '{"swallowed":true}' })
    expect(ran).toEqual([])
  })

  it.each(['answer', 'error'] as const)(
    'an answer that has begun and waits in a hook stays as it is, though a refusal comes meanwhile, refuse: %s',
    async (refuse) => {
      let response: ServerResponse & { send(text: string): void }
      const remember = (context: ExecutionContext) => {
        response = context.switchToHttp().getResponse()
        return true
      }
      const onDecision = () => {
        response.statusCode = 504
        response.send('timeout')
      }
      await serve(platform, {
        controllers: [FilesController],
        setUp: (nest) => delayAnswers(platform, nest),
        imports: [earlyGuard(remember)],
        writ: { refuse, onDecision },
      })
      const { status, headers, text } = await call('/globex/files', withToken)
      expect([status, text, headers.get('www-authenticate')]).toEqual([504, 'timeout', null])
      expect(ran).toEqual([])
    },
  )

  it('a token that is refused runs nothing if the caller goes away while the guard decides', async () => {
    const asked = Promise.withResolvers<void>()
    const decided = Promise.withResolvers<boolean>()
    const isRevoked = () => {
      asked.resolve()
      return decided.promise
    }
    const done = Promise.withResolvers<void>()
    const onDecision = () => done.resolve()
    await serve(platform, { controllers: [FilesController], writ: { revocation: { isRevoked }, onDecision } })
    const abort = new AbortController()
    const answer = call('/acme/files', { ...withToken, signal: abort.signal }).catch(({ name }) => name)
    await asked.promise
    abort.abort()
    expect(await answer).toBe('AbortError')
    decided.resolve(true)
    await done.promise
    await setTimeout(20)
    expect(ran).toEqual([])
  })

  it('middleware, and guards that are registered before, run before the guard decides and may answer', async () => {
    @Injectable()
    class EarlyGuard implements CanActivate {
      canActivate() {
        ran.push('early guard')
        return true
      }
    }
    @Module({ providers: [{ provide: APP_GUARD, useClass: EarlyGuard }] })
    class EarlyModule {}
    const lateGuard = { canActivate: () => ran.push('late guard') > 0 }
    const middleware = (
      req: { originalUrl: string; url: string },
      res: { end(text: string): void },
      next: () => void,
    ) => {
      ran.push('middleware')
      if ((req.originalUrl ?? req.url).startsWith('/open')) res.end('open')
      else next()
    }
    await serve(platform, {
      imports: [EarlyModule],
      controllers: [FilesController],
      configure: (consumer) => consumer.apply(middleware).forRoutes('{*all}'),
      setUp: (nest) => nest.useGlobalGuards(lateGuard),
    })
    expect((await call('/acme/files')).status).toBe(401)
    expect(ran).toEqual(['middleware', 'early guard'])
    expect((await call('/open')).text).toBe('open')
  })

  it('providers that are made for each request are made before the guard decides', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      constructor() {
        ran.push('made')
      }
    }
    @Controller(':tenantId/scoped')
    class ScopedController extends FilesController {
      @Inject(PerRequest) readonly perRequest!: PerRequest
    }
    await serve(platform, { controllers: [ScopedController], providers: [PerRequest] })
    expect((await call('/acme/scoped')).status).toBe(401)
    expect(ran).toEqual(['made'])
  })

  it('a body is parsed before the guard decides', async () => {
    @Controller('bodies')
    class BodiesController {
      @Post()
      @RequireCapability({ resource: 'files' })
      create() {
        ran.push('handler')
      }
    }
    await serve(platform, { controllers: [BodiesController] })
    const headers = { 'content-type': 'application/json' }
    expect((await call('/bodies', { method: 'POST', headers, body: '{' })).status).toBe(400)
    expect((await call('/bodies', { method: 'POST', headers, body: '{}' })).status).toBe(401)
    expect(ran).toEqual([])
  })

  it('the guard decides about the method that the route is found by, also where middleware overrides it', async () => {
    @Controller('overridden')
    @RequireCapability({ resource: 'files', allowUndesignated: true })
    class OverriddenController {
      @Get()
      read() {
        return 'read'
      }
      @Post()
      write() {
        return 'written'
      }
    }
    const override = (req: { method: string; headers: Record<string, string> }, _res: unknown, next: () => void) => {
      req.method = req.headers['x-http-method-override'] ?? req.method
      next()
    }
    const setUp = (nest: INestApplication) => nest.use(override)
    await serve(platform, { controllers: [OverriddenController], setUp })
    const reader = authority.headersFor(await authority.mint({ resource: 'files', operation: 'read' }))
    const codeOf = async (method: string, overridden: string) => {
      const headers = { ...reader, 'x-http-method-override': overridden }
      const { status, text } = await call('/overridden', { method, headers })
      return status === 200 ? text : JSON.parse(text).code
    }
    // Fastify has found the route before its middleware runs, and the method is then no longer that of the route.
    const onExpress = platform === 'Express'
    expect(await codeOf('GET', 'POST')).toBe(onExpress ? 'wrong_operation' : 'unguarded')
    expect(await codeOf('POST', 'GET')).toBe(onExpress ? 'read' : 'unguarded')
    expect(await codeOf('GET', 'GET')).toBe('read')
    expect(await codeOf('POST', 'POST')).toBe('wrong_operation')
    expect((await call('/overridden', { method: 'HEAD', headers: reader })).status).toBe(200)
  })

  it('the guard decides once, however often it stands before a handler', async () => {
    let decisions = 0
    @Controller(':tenantId/twice')
    @UseGuards(CapabilityGuard)
    class TwiceController extends FilesController {}
    await serve(platform, {
      controllers: [TwiceController],
      setUp: (nest) => nest.useGlobalGuards(nest.get(CapabilityGuard)),
      writ: {
        isGlobal: false,
        onDecision: () => {
          decisions++
        },
      },
    })
    expect((await call('/acme/twice', withToken)).status).toBe(200)
    expect(decisions).toBe(1)
    expect((await call('/globex/twice', withToken)).status).toBe(403)
    expect(decisions).toBe(2)
  })

  it('an answer to a token in its own header is private, unless other code sets another Cache-Control', async () => {
    @Controller('caching')
    @RequireCapability({ resource: 'files', operation: 'read', designate: { tenantId: () => 'acme' } })
    class CachingController {
      @Get('default')
      silent() {
        return 'x'
      }
      @Get('decorated')
      @SetHeader('Cache-Control', 'public, max-age=60')
      decorated() {
        return 'x'
      }
      @Get('handler')
      own(@Res({ passthrough: true }) response: { header(name: string, value: string): void }) {
        response.header('cache-control', 'no-cache')
        return 'x'
      }
      @Get('early')
      early() {
        return 'x'
      }
    }
    const early = (_req: unknown, res: { setHeader(name: string, value: string): void }, next: () => void) => {
      res.setHeader('cache-control', 'no-store')
      next()
    }
    const cacheControl = async (path: string, headers: Record<string, string>) => {
      const answer = await call(`/caching/${path}`, { headers })
      expect(answer.status).toBe(200)
      return answer.headers.get('cache-control')
    }
    const parts: Parts = {
      controllers: [CachingController],
      configure: (consumer) => consumer.apply(early).forRoutes('caching/early'),
    }
    await serve(platform, { ...parts, writ: { tokenFrom: { header: 'x-capability' } } })
    const own = { 'x-capability': token }
    expect(await cacheControl('default', own)).toBe('private')
    expect(await cacheControl('decorated', own)).toBe('public, max-age=60')
    expect(await cacheControl('handler', own)).toBe('no-cache')
    expect(await cacheControl('early', own)).toBe('no-store')
    expect((await call('/caching/default')).headers.get('cache-control')).toBe('no-store')
    await app?.close()
    await serve(platform, parts)
    expect(await cacheControl('default', withToken.headers)).toBe(null)
  })
})
