import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Scope,
  type Type,
} from '@nestjs/common'
import { APP_FILTER, BaseExceptionFilter, HttpAdapterHost, RouterModule } from '@nestjs/core'
import { CapabilityError, type VerifiedCapability } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { afterEach, describe, expect, it } from 'vitest'
import {
  Capability,
  CapabilityException,
  CapabilityGuard,
  Public,
  RequireCapability,
  WritModule,
  type WritOptions,
} from '../src/index.ts'
import { type Platform, platforms, start } from './nest-target.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read', designations: { tenantId: 'acme' } })
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }
const PROBLEM =
  '{"type":"urn:writ:problem:wrong_designation","title":"The capability token is for another object","status":403,"code":"wrong_designation",' +
  '"required":{"resource":"files","operation":"read","designations":["tenantId"]}}'

@Controller(':tenantId/files')
@RequireCapability({ resource: 'files', designate: ['tenantId'] })
class FilesController {
  @Get()
  @RequireCapability({ operation: 'read' })
  list(@Capability() capability: VerifiedCapability) {
    return { by: capability.subject }
  }
}

let app: INestApplication | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
})

interface Parts {
  readonly controllers?: Type[]
  readonly imports?: NonNullable<Parameters<typeof Module>[0]['imports']>
  readonly providers?: NonNullable<Parameters<typeof Module>[0]['providers']>
  readonly setUp?: (app: INestApplication) => void
}

/** Starts an app of the given parts. */
async function serve(platform: Platform, parts: Parts): Promise<void> {
  const { controllers = [FilesController], imports = [WritModule.forRoot(options)], providers = [], setUp } = parts
  @Module({ controllers, imports, providers })
  class AppModule {}
  app = await start(platform, AppModule, setUp && { setUp })
}

async function get(path: string, headers: Record<string, string> = authority.headersFor(token)) {
  const response = await fetch(`http://127.0.0.1:${app?.getHttpServer().address().port}${path}`, { headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** Compares the whole answer with the guard's. */
function expectProblem(
  { status, headers, text }: Awaited<ReturnType<typeof get>>,
  { etag = null, type = 'application/problem+json' }: { etag?: string | null; type?: string } = {},
): void {
  expect({ status, text }).toEqual({ status: 403, text: PROBLEM })
  expect(headers.get('content-type')).toBe(`${type}; charset=utf-8`)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('www-authenticate')).toBe('Bearer realm="writ", error="insufficient_scope", scope="files:read"')
  expect(headers.get('etag')).toEqual(etag)
}

describe.each(platforms)('WritModule on %s', (platform) => {
  it('WritModule guards every route, and settings of the app do not change its answers', async () => {
    await serve(platform, {
      setUp: (nest) => platform === 'Express' && nest.getHttpAdapter().getInstance().set('json spaces', 2),
    })
    expect(JSON.parse((await get('/acme/files')).text)).toEqual({ by: 'alice' })
    expectProblem(await get('/globex/files'))
  })

  it('a route that nothing declares is denied with 500, code unguarded, with checkRoutes: false', async () => {
    @Controller(':tenantId/more')
    class MoreController extends FilesController {
      @Get()
      override list() {
        return { by: 'anybody' }
      }
    }
    @Controller('open')
    class OpenController {
      @Get()
      read() {
        return 'anything'
      }
    }
    const imports = [WritModule.forRoot({ ...options, checkRoutes: false })]
    await serve(platform, { controllers: [MoreController, OpenController], imports })
    for (const path of ['/acme/more', '/open']) {
      const { status, headers, text } = await get(path)
      expect([status, JSON.parse(text).code, headers.get('content-type')]).toEqual([
        500,
        'unguarded',
        'application/problem+json; charset=utf-8',
      ])
    }
  })

  it('an app does not start with routes that are not guarded or can never be met, and the error names them all', async () => {
    @Controller('open')
    class OpenController {
      @Get()
      read() {}
      @Get(['a/:id', 'b/:other'])
      @RequireCapability({ resource: 'files', designate: { id: 'id', fn: () => 'x' } })
      either() {}
      @Get('named')
      @RequireCapability({ operation: 'read' })
      nameless() {}
      @Get(platform === 'Express' ? '*path' : '*')
      @RequireCapability({ resource: 'files', designate: ['path'] })
      wildcard() {}
      helper() {}
    }
    @Controller(':tenantId/sub')
    class SubController extends FilesController {
      @Get()
      override list() {
        return { by: 'anybody' }
      }
    }
    const started = serve(platform, { controllers: [FilesController, OpenController, SubController] })
    await expect(started).rejects.toThrow(
      new TypeError(
        [
          'app: not every route is guarded',
          '  OpenController.read is not guarded',
          '  OpenController.either: designate: "id" is not a param of this path',
          '  OpenController.nameless: resource: is required',
          '  OpenController.wildcard: designate: "path" is not a param of this path',
          '  SubController.list is not guarded',
        ].join('\n'),
      ),
    )
  })

  it('params of a module path and of a global prefix designate', async () => {
    @Controller('files')
    @RequireCapability({ resource: 'files', designate: ['tenantId'] })
    class InnerController {
      @Get()
      list(@Param('region') region: string, @Capability() { designations }: VerifiedCapability) {
        return { region, ...designations }
      }
    }
    @Module({ controllers: [InnerController] })
    class InnerModule {}
    const imports = [
      WritModule.forRoot(options),
      InnerModule,
      RouterModule.register([{ path: ':tenantId', module: InnerModule }]),
    ]
    await serve(platform, { controllers: [], imports, setUp: (nest) => nest.setGlobalPrefix(':region') })
    expect(JSON.parse((await get('/eu/acme/files')).text)).toEqual({ region: 'eu', tenantId: 'acme' })
    expectProblem(await get('/acme/globex/files'))
  })

  it('WritModule takes its options from a factory too', async () => {
    @Injectable()
    class Config {
      readonly key = authority.publicKey
    }
    @Module({ providers: [Config], exports: [Config] })
    class ConfigModule {}
    const useFactory = async ({ key }: Config) => ({ keys: key, anchor: null, now: authority.now })
    await serve(platform, {
      imports: [WritModule.forRootAsync({ imports: [ConfigModule], inject: [Config], useFactory })],
    })
    expect((await get('/acme/files')).status).toBe(200)
    expectProblem(await get('/globex/files'))
  })

  it.each([
    ['keys: is required', { anchor: null }],
    ['isglobal: unknown option', { ...options, isglobal: true }],
    ['checkRoutes: must be', { ...options, checkRoutes: 'no' }],
    ['realm: must be', { ...options, realm: '"' }],
  ])('an app is not created with wrong options: TypeError "%s"', async (message, wrong) => {
    for (const module of [
      WritModule.forRoot(wrong as WritOptions),
      WritModule.forRootAsync({ useFactory: () => wrong as WritOptions }),
    ]) {
      const created = serve(platform, { imports: [module] })
      await expect(created).rejects.toThrow(TypeError)
      await expect(created).rejects.toThrow(new RegExp(`^${message}`))
    }
  })

  it("a refusal goes to the app's own filters, with the headers set", async () => {
    const caught: unknown[] = []
    @Catch()
    class EverythingFilter implements ExceptionFilter {
      catch(exception: HttpException, host: ArgumentsHost) {
        caught.push(exception)
        host.switchToHttp().getResponse().status(exception.getStatus()).send({ own: true })
      }
    }
    await serve(platform, { providers: [{ provide: APP_FILTER, useClass: EverythingFilter }] })
    const { status, headers, text } = await get('/globex/files')
    expect([status, text]).toEqual([403, '{"own":true}'])
    expect(headers.get('www-authenticate')).toBe('Bearer realm="writ", error="insufficient_scope", scope="files:read"')
    expect(headers.get('cache-control')).toBe('no-store')
    const [exception] = caught as [CapabilityException]
    expect(exception).toBeInstanceOf(CapabilityException)
    expect(exception).toBeInstanceOf(HttpException)
    expect(exception).toMatchObject({
      code: 'wrong_designation',
      message: 'The capability token is for another object',
    })
    expect(exception.getResponse()).toEqual(JSON.parse(PROBLEM))
    expect(exception.stack).toBe('CapabilityException: The capability token is for another object')
    const { cause } = exception as { cause: CapabilityError }
    expect(cause).toBeInstanceOf(CapabilityError)
    expect([cause.label, cause.expected, cause.actual]).toEqual(['tenantId', 'acme', 'globex'])
  })

  it("a filter that extends Nest's own answers a refusal as Nest does: with its ETag, in Nest 11 as plain JSON", async () => {
    @Catch()
    class LoggingFilter extends BaseExceptionFilter {
      constructor(@Inject(HttpAdapterHost) { httpAdapter }: HttpAdapterHost) {
        super(httpAdapter)
      }
    }
    await serve(platform, { providers: [{ provide: APP_FILTER, useClass: LoggingFilter }] })
    const response = await get('/globex/files')
    if (platform === 'Fastify') return expectProblem(response)
    const etag = response.headers.get('etag')
    expect(etag).toMatch(/^W\//)
    expectProblem(response, process.env['NEST_MAJOR'] === '11' ? { etag, type: 'application/json' } : { etag })
  })

  it("refuse: 'error' leaves the response alone, and is answered alike where no filter does", async () => {
    await serve(platform, { imports: [WritModule.forRoot({ ...options, refuse: 'error' })] })
    expectProblem(await get('/globex/files'))
  })

  it('a refusal is not answered again if other code has answered while the guard decided', async () => {
    const late: WritOptions = {
      ...options,
      onRefusal: async (_refusal, request) => {
        const { res, raw } = request as { res?: { end(text: string): void }; raw?: unknown }
        if (!raw) res?.end('too late')
        return undefined
      },
    }
    await serve(platform, { imports: [WritModule.forRoot(late)] })
    const { status, text } = await get('/globex/files')
    expect([status, text]).toEqual(platform === 'Express' ? [200, 'too late'] : [403, PROBLEM])
  })

  it('the guard reads a param as it was sent, before a pipe changes it', async () => {
    @Controller('numbers')
    class NumbersController {
      @Get(':id')
      @RequireCapability({ resource: 'files', designate: ['id'] })
      read(@Param('id', ParseIntPipe) id: number, @Capability() { designations }: VerifiedCapability) {
        return { id, proven: designations['id'] }
      }
    }
    await serve(platform, { controllers: [NumbersController] })
    const five = await authority.mint({ resource: 'files', operation: 'read', designations: { id: '05' } })
    expect((await get('/numbers/05', authority.headersFor(five))).text).toBe('{"id":5,"proven":"05"}')
    expect((await get('/numbers/5', authority.headersFor(five))).status).toBe(403)
  })

  it('controllers that are made for each request are guarded', async () => {
    @Controller({ path: ':tenantId/scoped', scope: Scope.REQUEST })
    class ScopedController extends FilesController {}
    await serve(platform, { controllers: [ScopedController] })
    expect((await get('/acme/scoped')).text).toBe('{"by":"alice"}')
    expectProblem(await get('/globex/scoped'))
  })

  it('controllers of a library can be declared where they are imported', async () => {
    @Controller('metrics')
    class MetricsController {
      @Get()
      read() {
        return 'up 1'
      }
    }
    Public()(MetricsController)
    await serve(platform, { controllers: [MetricsController] })
    expect((await get('/metrics', {})).text).toBe('up 1')
  })

  it('WritModule takes a subclass of the guard that has its own constructor', async () => {
    @Injectable()
    class Log {
      readonly lines: string[] = []
    }
    @Module({ providers: [Log], exports: [Log] })
    class LogModule {}
    @Injectable()
    class LoggingGuard extends CapabilityGuard {
      private readonly log: Log

      constructor(@Inject(Log) log: Log) {
        super()
        this.log = log
      }

      protected override getRequest(...args: Parameters<CapabilityGuard['canActivate']>) {
        this.log.lines.push('asked')
        return super.getRequest(...args)
      }
    }
    const useFactory = () => options
    await serve(platform, {
      imports: [LogModule, WritModule.forRootAsync({ imports: [LogModule], useFactory, guard: LoggingGuard })],
    })
    expect((await get('/acme/files')).status).toBe(200)
    expectProblem(await get('/globex/files'))
    expect(app?.get(Log, { strict: false }).lines).toEqual(['asked', 'asked'])
    expect(app?.get(CapabilityGuard, { strict: false })).toBeInstanceOf(LoggingGuard)
  })
})
