import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Module,
  Param,
  Post,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Test, type TestingModuleBuilder } from '@nestjs/testing'
import { createTestAuthority } from '@writ/testing'
import { afterEach, expect, it } from 'vitest'
import {
  Capability,
  CapabilityGuard,
  type DesignatedCapability,
  Public,
  RequireCapability,
  WRIT_TEST_OPTIONS,
  WritModule,
} from '../src/index.ts'
import { collectWarnings } from './collect-warnings.ts'

const authority = await createTestAuthority()
const stranger = await createTestAuthority()
const demands = { resource: 'orders', operation: 'read', anchor: 'service:orders' }
const token = await authority.mint({ ...demands, designations: { tenantId: 'acme' } })
const warningsOf = collectWarnings()

@Controller(':tenantId/orders')
@RequireCapability({ resource: 'orders', designate: ['tenantId'] })
class OrdersController {
  @Get()
  @RequireCapability({ operation: 'read' })
  list(@Param('tenantId') tenant: string) {
    return tenant
  }

  @Get('bound')
  @RequireCapability({ operation: 'read' })
  bound(@Capability({ labels: ['tenantId'] }) { designations }: DesignatedCapability<'tenantId'>) {
    return designations.tenantId.toUpperCase()
  }

  @Get('unbound')
  @RequireCapability({ operation: 'read' })
  unbound(@Capability({ labels: ['invoiceId'] }) { designations }: DesignatedCapability<'invoiceId'>) {
    return designations.invoiceId
  }

  @Post()
  create(@Body() body: unknown) {
    return body
  }
}

@Controller('healthz')
@Public()
class HealthController {
  @Get()
  check() {
    return 'ok'
  }
}

@Module({
  imports: [WritModule.forRoot({ keys: stranger.publicKey, anchor: 'service:orders' })],
  controllers: [OrdersController, HealthController],
})
class AppModule {}

let app: INestApplication | undefined
afterEach(async () => {
  await app?.close()
  app = undefined
})

async function serve(set: (builder: TestingModuleBuilder) => TestingModuleBuilder): Promise<void> {
  const module = await set(Test.createTestingModule({ imports: [AppModule] })).compile()
  app = module.createNestApplication({ logger: false })
  await app.listen(0, '127.0.0.1')
}

async function get(path: string, headers: Record<string, string> = {}): Promise<readonly [number, string]> {
  const response = await fetch(`http://127.0.0.1:${app?.getHttpServer().address().port}${path}`, { headers })
  return [response.status, await response.text()]
}

class Allow implements CanActivate {
  canActivate(): boolean {
    return true
  }
}
const deny: CanActivate = { canActivate: () => false }

it.each<[string, (builder: TestingModuleBuilder) => TestingModuleBuilder]>([
  ['overrideGuard and a value', (one) => one.overrideGuard(CapabilityGuard).useValue(new Allow())],
  ['overrideGuard and a class', (one) => one.overrideGuard(CapabilityGuard).useClass(Allow)],
  [
    'overrideGuard and a factory',
    (one) => one.overrideGuard(CapabilityGuard).useFactory({ factory: () => new Allow() }),
  ],
  ['overrideProvider and a value', (one) => one.overrideProvider(CapabilityGuard).useValue(new Allow())],
])('a testing module replaces the guard everywhere by %s, and a warning says so', async (_how, override) => {
  await serve(override)
  expect(await get('/acme/orders')).toEqual([200, 'acme'])
  expect(await warningsOf('WRIT_GUARD_REPLACED')).toEqual([
    'A testing module has replaced CapabilityGuard: this app checks no token',
  ])
})

it('a guard that replaces the guard decides, also to refuse', async () => {
  await serve((builder) => builder.overrideGuard(CapabilityGuard).useValue(deny))
  expect((await get('/acme/orders', authority.headersFor(token)))[0]).toBe(403)
})

it('a guard that replaces the guard sees which handler is called', async () => {
  const seen: string[] = []
  const canActivate = (context: ExecutionContext) => seen.push(context.getHandler().name) > 0
  await serve((builder) => builder.overrideGuard(CapabilityGuard).useValue({ canActivate }))
  await get('/acme/orders')
  expect(seen).toContain('list')
})

it('a handler that nothing declares keeps the app from starting, although the guard is replaced', async () => {
  class ForgottenController {
    read() {}
  }
  Get('forgotten')(
    ForgottenController.prototype,
    'read',
    Object.getOwnPropertyDescriptor(ForgottenController.prototype, 'read') as PropertyDescriptor,
  )
  Controller()(ForgottenController)
  const builder = Test.createTestingModule({ imports: [AppModule], controllers: [ForgottenController] })
  const module = await builder.overrideGuard(CapabilityGuard).useValue(new Allow()).compile()
  await expect(module.createNestApplication({ logger: false }).init()).rejects.toThrow(
    'ForgottenController.read is not guarded',
  )
})

it('WRIT_TEST_OPTIONS sets keys and clock of a test, and the guard goes on to refuse', async () => {
  await serve((builder) =>
    builder.overrideProvider(WRIT_TEST_OPTIONS).useValue({ keys: authority.publicKey, now: authority.now }),
  )
  const headers = authority.headersFor(token)
  expect(await get('/healthz')).toEqual([200, 'ok'])
  expect(await get('/acme/orders', headers)).toEqual([200, 'acme'])
  expect((await get('/acme/orders'))[0]).toBe(401)
  expect((await get('/globex/orders', headers))[1]).toContain('"code":"wrong_designation"')
  const elsewhere = await authority.mint({ ...demands, designations: { tenantId: 'acme' }, anchor: 'service:billing' })
  // The anchor is still that of the app.
  expect((await get('/acme/orders', authority.headersFor(elsewhere)))[1]).toContain('"code":"wrong_anchor"')
  expect(await warningsOf('WRIT_GUARD_REPLACED')).toEqual([])
})

it('WRIT_TEST_OPTIONS that are wrong keep the app from being created', async () => {
  const builder = Test.createTestingModule({ imports: [AppModule] })
  const wrong = builder.overrideProvider(WRIT_TEST_OPTIONS).useValue({ key: authority.publicKey }).compile()
  await expect(wrong).rejects.toThrow(TypeError)
})

it('without a testing module no provider of the app replaces the guard or its keys', async () => {
  @Module({
    imports: [AppModule],
    providers: [
      { provide: CapabilityGuard, useClass: Allow },
      { provide: WRIT_TEST_OPTIONS, useValue: { keys: authority.publicKey } },
    ],
    exports: [CapabilityGuard, WRIT_TEST_OPTIONS],
  })
  class HostileModule {}
  app = await NestFactory.create({ module: HostileModule, global: true }, { logger: false })
  app.useGlobalGuards(new Allow())
  await app.listen(0, '127.0.0.1')
  expect((await get('/acme/orders'))[0]).toBe(401)
  expect((await get('/acme/orders', authority.headersFor(token)))[0]).toBe(403)
  expect(await warningsOf('WRIT_GUARD_REPLACED')).toEqual([])
})

it('labels that a parameter names are checked, and a label that is not bound is an error of the app', async () => {
  await serve((builder) =>
    builder.overrideProvider(WRIT_TEST_OPTIONS).useValue({ keys: authority.publicKey, now: authority.now }),
  )
  const headers = authority.headersFor(token)
  expect(await get('/acme/orders/bound', headers)).toEqual([200, 'ACME'])
  expect((await get('/acme/orders/unbound', headers))[0]).toBe(500)
})
