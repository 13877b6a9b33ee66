import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Controller, Get, type INestApplication, Module, Param, Query, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter, RouteSchema } from '@nestjs/platform-fastify'
import { createTestAuthority } from '@writ/testing'
import { afterEach, expect, it } from 'vitest'
import { type RequestView, RequireCapability, WritModule } from '../src/index.ts'

const authority = await createTestAuthority()
const options = { keys: authority.publicKey, anchor: null, now: authority.now }
const mint = async (tenant: string) =>
  authority.headersFor(await authority.mint({ resource: 'orders', operation: 'read', designations: { tenant } }))

const ofQuery = { resource: 'orders', designate: { tenant: { query: 'tenant' } } }

@Controller('orders')
class OrdersController {
  @Get()
  @RequireCapability(ofQuery)
  list(@Query() { tenant }: Record<string, unknown>) {
    return { tenant }
  }
}

let app: INestApplication | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
})

interface Parts {
  readonly controller?: Type
  readonly adapter?: ExpressAdapter | FastifyAdapter
  readonly setUp?: (app: INestApplication) => void
}

async function serve({ controller = OrdersController, adapter = new FastifyAdapter(), setUp }: Parts): Promise<void> {
  @Module({ controllers: [controller], imports: [WritModule.forRoot(options)] })
  class AppModule {}
  app = await NestFactory.create(AppModule, adapter as FastifyAdapter, { logger: false, abortOnError: false })
  setUp?.(app)
  await app.listen(0, '127.0.0.1')
}

/** What the handler read, or the code of the refusal. */
async function get(path: string, headers: Record<string, string>): Promise<unknown> {
  const url = `http://127.0.0.1:${app?.getHttpServer().address().port}${path}`
  const body = JSON.parse(await (await fetch(url, { headers })).text())
  return body.code ?? body.tenant
}

const lowerCase = (text: string) => Object.fromEntries(new URLSearchParams(text.toLowerCase()))

it.each([
  ['useSemicolonDelimiter', { routerOptions: { useSemicolonDelimiter: true } }, '/orders;tenant=globex&x?tenant=acme'],
  ['rewriteUrl', { rewriteUrl: () => '/orders?tenant=globex' }, '/orders?tenant=acme'],
  ['querystringParser', { routerOptions: { querystringParser: lowerCase } }, '/orders?Tenant=globex&tenant=globex'],
])('the guard sees the query that the handler reads on Fastify, with %s', async (_name, fastify, path) => {
  await serve({ adapter: new FastifyAdapter(fastify as object) })
  expect(await get(path, await mint('acme'))).toBe('wrong_designation')
  expect(await get(path, await mint('globex'))).toBe('globex')
})

it('the guard sees the values that a schema of Fastify made of query and params', async () => {
  const numbers = { type: 'object', properties: { tenant: { type: 'integer' } } }
  @Controller('numbers')
  class NumbersController {
    @Get()
    @RequireCapability(ofQuery)
    @RouteSchema({ querystring: numbers })
    ofQuery(@Query('tenant') tenant: unknown) {
      return { tenant }
    }
    @Get(':tenant')
    @RequireCapability({ resource: 'orders', designate: ['tenant'] })
    @RouteSchema({ params: numbers })
    ofParam(@Param('tenant') tenant: unknown) {
      return { tenant }
    }
  }
  await serve({ controller: NumbersController })
  for (const path of ['/numbers?tenant=05', '/numbers/05']) {
    expect(await get(path, await mint('05'))).toBe('wrong_designation')
    expect(await get(path, await mint('5'))).toBe(5)
  }
})

it('the guard sees no value in what a parser of Fastify made an object or a list of several', async () => {
  const parser = (text: string) => JSON.parse(decodeURIComponent(text))
  await serve({ adapter: new FastifyAdapter({ routerOptions: { querystringParser: parser } }) })
  const acme = await mint('acme')
  for (const tenant of [{ acme: 1 }, ['acme', 'globex'], [['acme']], null, []])
    expect(await get(`/orders?${encodeURIComponent(JSON.stringify({ tenant }))}`, acme)).toBe('source_empty')
  expect(await get(`/orders?${encodeURIComponent('{"tenant":["acme"]}')}`, acme)).toEqual(['acme'])
})

it('the guard sees no value in half of a surrogate pair that a parser of Fastify made', async () => {
  const parser = (text: string) => JSON.parse(decodeURIComponent(text))
  await serve({ adapter: new FastifyAdapter({ routerOptions: { querystringParser: parser } }) })
  const path = `/orders?${encodeURIComponent('{"tenant":"\\ud800"}')}`
  expect(await get(path, await mint('\ufffd'))).toBe('source_empty')
})

it('the guard sees the URL that middleware of Express has rewritten', async () => {
  const ofPath = ({ path }: RequestView) => path.split('/')[2]
  @Controller('paths')
  class PathsController {
    @Get(':tenant')
    @RequireCapability({ resource: 'orders', designate: { tenant: ofPath } })
    read(@Param('tenant') tenant: string) {
      return { tenant }
    }
  }
  const setUp = (nest: INestApplication) =>
    nest.use((req: { url: string }, _res: unknown, next: () => void) => {
      req.url = req.url.replaceAll('acme', 'globex')
      next()
    })
  for (const [controller, path] of [
    [OrdersController, '/orders?tenant=acme'] as const,
    [PathsController, '/paths/acme'] as const,
  ]) {
    await serve({ controller, adapter: new ExpressAdapter(), setUp })
    expect(await get(path, await mint('acme'))).toBe('wrong_designation')
    expect(await get(path, await mint('globex'))).toBe('globex')
    await app?.close()
  }
})

it('the guard sees the whole path where an app of Express is mounted below another', async () => {
  const paths: string[] = []
  const designate = {
    tenant: ({ path }: RequestView) => {
      paths.push(path)
      return 'acme'
    },
  }
  @Controller()
  @RequireCapability({ resource: 'orders', designate })
  class RootController {
    @Get()
    root() {
      return { tenant: 'root' }
    }
    @Get('more')
    more() {
      return { tenant: 'more' }
    }
  }
  await serve({ controller: RootController, adapter: new ExpressAdapter() })
  const outer = new ExpressAdapter()
  outer.use('/api', app?.getHttpAdapter().getInstance())
  const server = createServer(outer.getInstance()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const headers = await mint('acme')
  for (const path of ['/api?page=2', '/api/more']) expect((await fetch(`${at}${path}`, { headers })).status).toBe(200)
  server.close()
  expect(paths).toEqual(['/api', '/api/more'])
})
