import 'reflect-metadata'
import { Controller, Delete, Get, Module, Post, RequestMethod, Version, VersioningType } from '@nestjs/common'
import { NestFactory, RouterModule } from '@nestjs/core'
import { generateKeyPair } from '@writ/core'
import { expect, it, onTestFinished } from 'vitest'
import {
  describeRoutes,
  type ListedRoute,
  listRoutes,
  Public,
  RequireAnyCapability,
  RequireCapability,
  WritModule,
} from '../src/index.ts'

@Controller(['orders', 'bestellungen'])
@RequireCapability({ resource: 'orders', designate: ['tenantId'] })
class OrdersController {
  @Get(':orderId')
  @RequireCapability({ designate: ['orderId'] })
  read() {}

  @Post()
  @RequireCapability({ subject: 'service:webapp' })
  create() {}

  @Version('2')
  @Delete(':orderId')
  @RequireAnyCapability([
    { operation: 'delete', designate: ['orderId'] },
    { resource: 'admin', operation: 'purge' },
  ])
  remove() {}
}

@Controller('healthz')
@Public()
class HealthController {
  @Get()
  check() {}
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

@Module({ controllers: [HealthController] })
class HealthModule {}

it('the routes of an app are listed with prefixes, versions and alternatives, and what stands before each', async () => {
  const { publicKey } = await generateKeyPair()
  @Module({
    imports: [
      WritModule.forRoot({ keys: publicKey, anchor: null }),
      OrdersModule,
      HealthModule,
      RouterModule.register([{ path: ':tenantId', module: OrdersModule }]),
    ],
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false })
  onTestFinished(() => app.close())
  app.setGlobalPrefix('api', { exclude: [{ path: 'healthz', method: RequestMethod.GET }] })
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })
  const lines = describeRoutes(listRoutes(app)).split('\n')
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ...['bestellungen', 'orders'].flatMap((path) => [
      ['POST', `/api/v1/:tenantId/${path}`, 'write orders of tenantId by service:webapp'],
      ['GET', `/api/v1/:tenantId/${path}/:orderId`, 'read orders of tenantId, orderId'],
    ]),
    ...['bestellungen', 'orders'].map((path) => [
      'DELETE',
      `/api/v2/:tenantId/${path}/:orderId`,
      'delete orders of tenantId, orderId or purge admin of tenantId',
    ]),
    ['GET', '/v1/healthz', 'public'],
  ])
  await app.listen(0, '127.0.0.1')
  const url = await app.getUrl()
  const statusOf = ({ method, path }: ListedRoute) =>
    fetch(url + path.replaceAll(/:\w+/g, 'x'), { method }).then(({ status }) => status)
  const statuses = await Promise.all(listRoutes(app).map(async (row) => [row.path, await statusOf(row)]))
  expect(statuses).toEqual(statuses.map(([path]) => [path, path === '/v1/healthz' ? 200 : 401]))
})
