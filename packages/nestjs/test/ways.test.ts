import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  All,
  Controller,
  type DynamicModule,
  Get,
  Head,
  type INestApplication,
  Injectable,
  Module,
  Options,
  Redirect,
  Render,
  RequestMethod,
  Search,
  Sse,
  StreamableFile,
  type Type,
  Version,
  VersioningType,
} from '@nestjs/common'
import { ExternalContextCreator, LazyModuleLoader } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { createTestAuthority } from '@writ/testing'
import { of } from 'rxjs'
import { afterEach, describe, expect, it } from 'vitest'
import { Public, RequireCapability, WritModule, type WritOptions } from '../src/index.ts'
import { type Platform, platforms, start } from './nest-target.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read' })
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }
const demands = { resource: 'files', operation: 'read' }

let app: INestApplication | undefined
let ran: string[] = []
afterEach(async () => {
  await app?.close()
  app = undefined
  ran = []
})

type Parts = Parameters<typeof Module>[0] & {
  readonly writ?: Partial<WritOptions>
  readonly setUp?: (app: INestApplication) => void
}

async function serve(platform: Platform, { writ, setUp, imports = [], ...parts }: Parts): Promise<void> {
  @Module({ ...parts, imports: [...imports, WritModule.forRoot({ ...options, ...writ })] })
  class AppModule {}
  app = await start(platform, AppModule, setUp && { setUp })
}

async function call(path: string, method = 'GET', headers: Record<string, string> = {}) {
  const url = `http://127.0.0.1:${app?.getHttpServer().address().port}${path}`
  const response = await fetch(url, { method, headers, redirect: 'manual' })
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const withToken = authority.headersFor(token)

@Controller('ways')
@RequireCapability(demands)
class WaysController {
  @All('all')
  all() {
    ran.push('all')
    return 'all'
  }
  @Get('get')
  get() {
    ran.push('get')
    return 'get'
  }
  @Head('head')
  head() {
    ran.push('head')
  }
  @Options('options')
  options() {
    ran.push('options')
    return 'options'
  }
  @Search('search')
  search() {
    ran.push('search')
    return 'search'
  }
  @Sse('sse')
  sse() {
    ran.push('sse')
    return of({ data: 'event' })
  }
  @Get('stream')
  stream() {
    ran.push('stream')
    return new StreamableFile(Buffer.from('stream'))
  }
  @Get('redirect')
  @Redirect('/elsewhere', 302)
  redirect() {
    ran.push('redirect')
  }
  @Get('render')
  @Render('page')
  render() {
    ran.push('render')
    return {}
  }
}

const WAYS = [
  ['GET', 'all'],
  ['PUT', 'all'],
  ['OPTIONS', 'all'],
  ['GET', 'get'],
  ['HEAD', 'head'],
  ['HEAD', 'get'],
  ['OPTIONS', 'options'],
  ['SEARCH', 'search'],
  ['GET', 'sse'],
  ['GET', 'stream'],
  ['GET', 'redirect'],
] as const

describe.each(platforms)('on %s', (platform) => {
  it('handlers of every method and kind of answer run with a token, and never without', async () => {
    await serve(platform, { controllers: [WaysController] })
    for (const [method, name] of [...WAYS, ['GET', 'render'] as const]) {
      const { status } = await call(`/ways/${name}`, method)
      expect([method, name, status, ran]).toEqual([method, name, 401, []])
    }
    for (const [method, name] of WAYS) {
      const { status } = await call(`/ways/${name}`, method, withToken)
      expect([method, name, status, ran]).toEqual([method, name, name === 'redirect' ? 302 : 200, [name]])
      ran = []
    }
  })

  it('OPTIONS that no handler answers runs no handler', async () => {
    await serve(platform, { controllers: [WaysController] })
    expect((await call('/ways/get', 'OPTIONS', withToken)).status).toBe(404)
    expect(ran).toEqual([])
  })

  it('each version of a route is guarded on its own', async () => {
    @Controller('versions')
    class VersionsController {
      @Get()
      @Version('1')
      @Public()
      one() {
        return 'one'
      }
      @Get()
      @Version('2')
      @RequireCapability(demands)
      two() {
        return 'two'
      }
    }
    const setUp = (nest: INestApplication) =>
      nest.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' })
    await serve(platform, { controllers: [VersionsController], setUp })
    expect((await call('/versions', 'GET', { 'x-version': '1' })).text).toBe('one')
    expect((await call('/versions', 'GET', { 'x-version': '2' })).status).toBe(401)
    expect((await call('/versions', 'GET', { 'x-version': '2', ...withToken })).text).toBe('two')
    expect((await call('/versions', 'GET', withToken)).status).toBe(404)
  })

  it('a controller of one host is guarded', async () => {
    @Controller({ host: '127.0.0.1', path: 'hosted' })
    class HostedController extends WaysController {}
    await serve(platform, { controllers: [HostedController] })
    expect((await call('/hosted/get')).status).toBe(401)
    expect((await call('/hosted/get', 'GET', withToken)).text).toBe('get')
  })

  it('a route that is excluded from the global prefix is guarded', async () => {
    const exclude = [{ path: 'ways/get', method: RequestMethod.GET }]
    await serve(platform, { controllers: [WaysController], setUp: (nest) => nest.setGlobalPrefix('api', { exclude }) })
    expect((await call('/ways/get')).status).toBe(401)
    expect((await call('/api/ways/stream')).status).toBe(401)
    expect((await call('/ways/get', 'GET', withToken)).text).toBe('get')
  })

  it('the controllers of a dynamic module are found at start-up', async () => {
    @Controller('open')
    class OpenController {
      @Get()
      read() {}
    }
    @Module({})
    class DynModule {
      static with(controllers: Type[]): DynamicModule {
        return { module: DynModule, controllers }
      }
    }
    await expect(serve(platform, { imports: [DynModule.with([OpenController])] })).rejects.toThrow(
      new TypeError('app: not every route is guarded\n  OpenController.read is not guarded'),
    )
  })

  it('the controllers of a module that is loaded later get no requests', async () => {
    @Controller('lazy')
    class LazyController {
      @Get()
      read() {
        return 'lazy'
      }
    }
    @Module({ controllers: [LazyController] })
    class LazyModule {}
    await serve(platform, {})
    await app?.get(LazyModuleLoader).load(() => LazyModule)
    expect((await call('/lazy')).status).toBe(404)
  })

  it('a route of the HTTP adapter, and middleware that answers, run without a guard', async () => {
    const setUp = (nest: INestApplication) => {
      nest.getHttpAdapter().get('/raw', (_req: unknown, res: { send(text: string): void }) => res.send('raw'))
      nest.use('/static', (_req: unknown, res: { end(text: string): void }) => res.end('file'))
    }
    await serve(platform, { setUp })
    expect(await call('/raw')).toMatchObject({ status: 200, text: 'raw' })
    expect(await call('/static/file.txt')).toMatchObject({ status: 200, text: 'file' })
  })

  it.runIf(platform === 'Fastify')('hooks of Fastify itself run before the guard decides and may answer', async () => {
    const setUp = (nest: INestApplication) => {
      type Reply = { send(text: string): unknown }
      const hook = async (from: { url: string }, reply: Reply) =>
        from.url.endsWith('get') ? reply.send('hook') : undefined
      nest.getHttpAdapter().getInstance().addHook('preHandler', hook)
    }
    await serve(platform, { controllers: [WaysController], setUp })
    expect(await call('/ways/get')).toMatchObject({ status: 200, text: 'hook' })
    expect((await call('/ways/stream')).status).toBe(401)
    expect(ran).toEqual([])
  })

  it.runIf(platform === 'Express')('static files are served without a guard', async () => {
    const setUp = (nest: INestApplication) =>
      (nest as NestExpressApplication).useStaticAssets(import.meta.dirname, { prefix: '/files/' })
    await serve(platform, { controllers: [WaysController], setUp })
    expect((await call('/files/ways.test.ts')).status).toBe(200)
  })

  it('an upgrade listener on the HTTP server runs without a guard', async () => {
    await serve(platform, { controllers: [WaysController] })
    app?.getHttpServer().on('upgrade', (_req: IncomingMessage, socket: Duplex) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
    })
    const { port } = (app as INestApplication).getHttpServer().address()
    const upgrade = request({ port, host: '127.0.0.1', headers: { connection: 'upgrade', upgrade: 'echo' } }).end()
    const [response, socket] = (await once(upgrade, 'upgrade')) as [IncomingMessage, Duplex]
    socket.destroy()
    expect(response.statusCode).toBe(101)
  })

  it('an app does not start with a declaration of a method that nothing routes to', async () => {
    @Injectable()
    class CleanUp {
      @RequireCapability(demands)
      everyNight() {}
      other() {}
    }
    await expect(serve(platform, { providers: [CleanUp] })).rejects.toThrow(
      new TypeError(
        [
          'app: not every declaration has an effect',
          '  CleanUp.everyNight: nothing routes to it, so its declaration has no effect',
        ].join('\n'),
      ),
    )
    await serve(platform, { providers: [CleanUp], writ: { checkRoutes: false } })
  })

  it('what a library calls through ExternalContextCreator is guarded unless the library turns guards off', async () => {
    await serve(platform, { controllers: [WaysController] })
    const creator = app?.get(ExternalContextCreator)
    const controller = app?.get(WaysController) as WaysController
    const contextOf = (guards: boolean) =>
      creator?.create(controller, controller.get, 'get', undefined, undefined, undefined, undefined, {
        guards,
        interceptors: false,
        filters: false,
      })
    const from = { method: 'GET', url: '/', rawHeaders: [] }
    const response = { headersSent: true }
    await expect(contextOf(true)?.(from, response)).rejects.toMatchObject({ code: 'missing_token' })
    expect(ran).toEqual([])
    await contextOf(false)?.(from, response)
    expect(ran).toEqual(['get'])
  })

  it('an app with declarations does not start without WritModule', async () => {
    @Module({ controllers: [WaysController] })
    class AppModule {}
    await expect(start(platform, AppModule)).rejects.toThrow(
      new Error('CapabilityGuard: the app does not import WritModule'),
    )
  })
})
