import {
  Controller,
  type ExecutionContext,
  type INestApplication,
  type INestMicroservice,
  Module,
  Scope,
  type Type,
  UseFilters,
  UseGuards,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import nest from '@nestjs/core/package.json' with { type: 'json' }
import {
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices'
import type { VerifiedCapability } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { lastValueFrom, of } from 'rxjs'
import { afterEach, describe, expect, it } from 'vitest'
import {
  Capability,
  CapabilityFilter,
  CapabilityGuard,
  messageRequest,
  type NodeRequest,
  Public,
  RequireCapability,
  WritModule,
  type WritOptions,
} from '../src/index.ts'

const authority = await createTestAuthority()
const options: WritOptions = { keys: authority.publicKey, anchor: null, now: authority.now }
const forAcme = await authority.mint({ resource: 'orders', operation: 'write', designations: { tenantId: 'acme' } })

/** TCP has no headers: the callers of this service put the token into the message. */
interface Message {
  readonly authorization?: string
  readonly tenantId: string
}

class MessageGuard extends CapabilityGuard {
  protected override getRequest(context: ExecutionContext): NodeRequest | undefined {
    if (context.getType() !== 'rpc') return super.getRequest(context)
    const message: Message = context.switchToRpc().getData()
    return messageRequest({ authorization: message.authorization }, message)
  }
}

let ran: unknown[] = []

@Controller()
@UseFilters(CapabilityFilter)
class OrdersController {
  @MessagePattern('orders.cancel')
  @RequireCapability({ resource: 'orders', designate: { tenantId: { body: 'tenantId' } } })
  cancel(@Payload('tenantId') tenantId: string, @Capability() capability: VerifiedCapability) {
    ran.push(tenantId)
    return { tenantId, by: capability.subject }
  }

  @EventPattern('orders.paid')
  @RequireCapability({ resource: 'orders', designate: { tenantId: { body: 'tenantId' } } })
  paid(@Payload('tenantId') tenantId: string) {
    ran.push(tenantId)
  }

  @MessagePattern('orders.ping')
  @Public()
  ping() {
    return 'pong'
  }
}

let app: INestApplication | undefined
let client: ClientProxy | undefined
afterEach(async () => {
  client?.close()
  await app?.close()
  app = client = undefined
  ran = []
})

interface Parts {
  readonly controllers?: Type[]
  readonly inheritAppConfig?: boolean
  readonly deferInitialization?: boolean
  readonly setUp?: (microservice: INestMicroservice) => void
  readonly guard?: Type<CapabilityGuard>
  readonly checkRoutes?: boolean
  readonly onDecision?: NonNullable<WritOptions['onDecision']>
}

/** A hybrid app: HTTP, and messages over TCP. */
async function serve(parts: Parts): Promise<void> {
  const {
    controllers = [OrdersController],
    guard = MessageGuard,
    setUp,
    inheritAppConfig = false,
    deferInitialization = false,
    ...more
  } = parts
  @Module({ controllers, imports: [WritModule.forRoot({ ...options, ...more, guard })] })
  class AppModule {}
  app = await NestFactory.create(AppModule, { logger: false, abortOnError: false })
  const transport: MicroserviceOptions = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } }
  const microservice = app.connectMicroservice(transport, { inheritAppConfig, deferInitialization })
  setUp?.(microservice)
  await app.startAllMicroservices()
  await app.listen(0, '127.0.0.1')
  const { port } = microservice.unwrap<{ address(): { port: number } }>().address()
  client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } })
}

/** What a message is answered with; a refusal as the error that the client gets. */
function send(pattern: string, message: Message): Promise<unknown> {
  return lastValueFrom(client!.send(pattern, message)).catch((error: unknown) => error)
}

describe.each([false, true])('a hybrid app with inheritAppConfig: %s', (inheritAppConfig) => {
  it('message handlers are guarded with the capability that the message carries', async () => {
    await serve({ inheritAppConfig })
    const authorization = `Bearer ${forAcme}`
    expect(await send('orders.cancel', { authorization, tenantId: 'acme' })).toEqual({ tenantId: 'acme', by: 'alice' })
    expect(await send('orders.cancel', { authorization, tenantId: 'globex' })).toEqual({
      status: 'error',
      code: 'wrong_designation',
      message: 'The capability token is for another object',
    })
    expect(await send('orders.cancel', { tenantId: 'acme' })).toMatchObject({ code: 'missing_token' })
    expect(await send('orders.cancel', { authorization: ['x'] as never, tenantId: 'acme' })).toMatchObject({
      code: 'missing_token',
    })
    expect(await send('orders.ping', { tenantId: 'acme' })).toBe('pong')
    expect(ran).toEqual(['acme'])
  })

  it('several event handlers of one event are guarded, each with its own capability', async () => {
    @Controller()
    @RequireCapability({ resource: 'orders', designate: { tenantId: { body: 'tenantId' } } })
    class AuditController {
      @EventPattern('orders.paid')
      paid(@Capability() { operation }: VerifiedCapability) {
        ran.push(operation)
      }
      @MessagePattern('orders.ran')
      @Public()
      ran() {
        return ran
      }
    }
    await serve({ inheritAppConfig, controllers: [OrdersController, AuditController] })
    await lastValueFrom(client!.emit('orders.paid', { authorization: 'Bearer x', tenantId: 'acme' }))
    await lastValueFrom(client!.emit('orders.paid', { authorization: `Bearer ${forAcme}`, tenantId: 'globex' }))
    await lastValueFrom(client!.emit('orders.paid', { authorization: `Bearer ${forAcme}`, tenantId: 'acme' }))
    // Messages of one connection are taken in order, and handled side by side.
    await expect.poll(() => send('orders.ran', { tenantId: '' })).toHaveLength(2)
    expect(ran.toSorted()).toEqual(['acme', 'write'])
  })

  it('message handlers of controllers that are made for each message are guarded', async () => {
    @Controller({ scope: Scope.REQUEST })
    class ScopedController extends OrdersController {}
    await serve({ inheritAppConfig, controllers: [ScopedController] })
    const authorization = `Bearer ${forAcme}`
    expect(await send('orders.cancel', { authorization, tenantId: 'acme' })).toEqual({ tenantId: 'acme', by: 'alice' })
    expect(await send('orders.cancel', { tenantId: 'acme' })).toMatchObject({ status: 'error' })
    expect(ran).toEqual(['acme'])
  })

  it('a refused message is answered as an unknown error where no filter is bound to the handlers', async () => {
    @Controller()
    class PlainController {
      @MessagePattern('plain')
      @RequireCapability({ resource: 'orders' })
      plain() {
        ran.push('plain')
      }
    }
    await serve({ inheritAppConfig, controllers: [PlainController] })
    const known = { status: 'error', code: 'missing_token', message: 'A capability token is required' }
    const unknown = { status: 'error', message: 'Internal server error' }
    expect(await send('plain', { tenantId: 'acme' })).toEqual(inheritAppConfig ? known : unknown)
    expect(ran).toEqual([])
  })

  it('every message is refused if the guard cannot read messages', async () => {
    await serve({ inheritAppConfig, guard: CapabilityGuard })
    const message = { authorization: `Bearer ${forAcme}`, tenantId: 'acme' }
    expect(await send('orders.cancel', message)).toMatchObject({ code: 'unguarded' })
    expect(ran).toEqual([])
  })
})

it('a microservice without HTTP is guarded in the same way', async () => {
  @Module({ controllers: [OrdersController], imports: [WritModule.forRoot({ ...options, guard: MessageGuard })] })
  class AppModule {}
  const microservice = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, {
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: 0 },
    logger: false,
  })
  await microservice.listen()
  const { port } = microservice.unwrap<{ address(): { port: number } }>().address()
  client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } })
  const authorization = `Bearer ${forAcme}`
  expect(await send('orders.cancel', { authorization, tenantId: 'acme' })).toEqual({ tenantId: 'acme', by: 'alice' })
  expect(await send('orders.cancel', { tenantId: 'acme' })).toMatchObject({ code: 'missing_token' })
  expect(ran).toEqual(['acme'])
  client.close()
  await microservice.close()
})

/** Puts guards of its own in the place of those that are there. */
const onlyGuards =
  (...guards: unknown[]) =>
  (_target: object, _key: string, descriptor: PropertyDescriptor): void =>
    Reflect.defineMetadata('__guards__', guards, descriptor.value)

it.each([true, false])(
  'a message handler that is not guarded keeps the app from being created, checkRoutes: %s',
  async (checkRoutes) => {
    class Parent {
      @MessagePattern('inherited')
      @RequireCapability({ resource: 'orders' })
      inherited() {}
    }
    @Controller()
    class OpenController extends Parent {
      @MessagePattern('open')
      open() {}
      @EventPattern('event')
      event(_message: unknown) {}
      @MessagePattern('param')
      @RequireCapability({ resource: 'orders', designate: ['tenantId'] })
      param() {}
      @MessagePattern('nameless')
      @RequireCapability({ operation: 'read' })
      nameless() {}
      @MessagePattern('replaced')
      @onlyGuards()
      @RequireCapability({ resource: 'orders' })
      replaced() {}
      @MessagePattern('inherited')
      override inherited() {}
      helper() {}
    }
    await expect(serve({ controllers: [OpenController], checkRoutes })).rejects.toThrow(
      new TypeError(
        [
          'app: not every message handler is guarded',
          '  OpenController.open is not guarded',
          '  OpenController.event is not guarded',
          '  OpenController.param: designate: "tenantId" is not a param of this path',
          '  OpenController.nameless: resource: is required',
          '  OpenController.replaced: the guard does not see it',
          '  OpenController.inherited is not guarded',
        ].join('\n'),
      ),
    )
  },
)

it.runIf(nest.version.startsWith('12.'))(
  'pre-request hooks of Nest 12 run before the guard decides and may answer',
  async () => {
    await serve({
      deferInitialization: true,
      setUp: (microservice) =>
        microservice.registerPreRequestHook((context, next) =>
          context.switchToRpc().getData().tenantId === 'hook' ? of('hook') : next(),
        ),
    })
    expect(await send('orders.cancel', { tenantId: 'hook' })).toBe('hook')
    expect(await send('orders.cancel', { tenantId: 'acme' })).toMatchObject({ code: 'missing_token' })
    expect(ran).toEqual([])
  },
)

it('a guard that is named beside a declaration decides once with it', async () => {
  @Controller()
  @RequireCapability({ resource: 'orders', designate: { tenantId: { body: 'tenantId' } } })
  class TwiceController {
    @MessagePattern('twice')
    @UseGuards(MessageGuard)
    @RequireCapability({ operation: 'write' })
    @UseGuards(CapabilityGuard)
    @RequireCapability({ subject: 'alice' })
    twice() {
      return decisions
    }
  }
  let decisions = 0
  const onDecision = () => {
    decisions++
  }
  await serve({ controllers: [TwiceController], onDecision })
  expect(await send('twice', { authorization: `Bearer ${forAcme}`, tenantId: 'acme' })).toBe(2)
})
