import type { IncomingMessage } from 'node:http'
import { type ExecutionContext, type INestApplication, Module, type Type, UseFilters } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { WsAdapter } from '@nestjs/platform-ws'
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import type { VerifiedCapability } from '@writ/core'
import { createTestAuthority } from '@writ/testing'
import { io } from 'socket.io-client'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
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
import { collectWarnings } from './collect-warnings.ts'

const authority = await createTestAuthority()
const forAcme = await authority.mint({ resource: 'orders', operation: 'write', designations: { tenantId: 'acme' } })

const warningsOf = collectWarnings()

let ran: unknown[] = []
let revoked = false
const options: WritOptions = {
  keys: authority.publicKey,
  anchor: null,
  now: authority.now,
  revocation: { isRevoked: async () => revoked },
}

/** The request that opened each connection: `ws` tells it once. */
const handshakes = new WeakMap<object, IncomingMessage>()

class GatewayGuard extends CapabilityGuard {
  protected override getRequest(context: ExecutionContext): NodeRequest | undefined {
    if (context.getType() !== 'ws') return super.getRequest(context)
    const message = context.switchToWs()
    return messageRequest(handshakes.get(message.getClient())?.headersDistinct ?? {}, message.getData())
  }
}

@WebSocketGateway()
@UseFilters(CapabilityFilter)
class OrdersGateway {
  handleConnection(client: object, request: IncomingMessage) {
    ran.push('connected')
    handshakes.set(client, request)
  }

  @SubscribeMessage('cancel')
  @RequireCapability({ resource: 'orders', designate: { tenantId: { body: 'tenantId' } } })
  cancel(@MessageBody('tenantId') tenantId: string, @Capability() capability: VerifiedCapability) {
    ran.push(tenantId)
    return { event: 'cancelled', data: { tenantId, by: capability.subject } }
  }

  @SubscribeMessage('ping')
  @Public()
  ping() {
    return { event: 'pong' }
  }
}

let app: INestApplication | undefined
let socket: WebSocket | undefined
afterEach(async () => {
  socket?.terminate()
  await app?.close()
  app = socket = undefined
  ran = []
  revoked = false
})

async function serve(
  gateway: Type,
  guard: Type<CapabilityGuard> = GatewayGuard,
  setUp?: (app: INestApplication) => void,
): Promise<void> {
  @Module({ providers: [gateway], imports: [WritModule.forRoot({ ...options, guard })] })
  class AppModule {}
  app = await NestFactory.create(AppModule, { logger: false, abortOnError: false })
  app.useWebSocketAdapter(new WsAdapter(app))
  setUp?.(app)
  await app.listen(0, '127.0.0.1')
}

async function connect(headers: Record<string, string>): Promise<void> {
  socket = new WebSocket(`ws://127.0.0.1:${app?.getHttpServer().address().port}`, { headers })
  await new Promise((resolve, reject) => socket?.on('open', resolve).on('error', reject))
}

/** What the next message of the server says. */
function send(event: string, data: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    socket?.once('message', (text) => resolve(JSON.parse(String(text))))
    socket?.send(JSON.stringify({ event, data }))
  })
}

const refusal = (code: string, message: string) => ({ event: 'exception', data: { status: 'error', code, message } })

describe('a gateway', () => {
  it('a gateway is guarded message by message, with the capability of its handshake', async () => {
    await serve(OrdersGateway)
    await connect(authority.headersFor(forAcme))
    const acme = { event: 'cancelled', data: { tenantId: 'acme', by: 'alice' } }
    expect(await send('cancel', { tenantId: 'acme' })).toEqual(acme)
    expect(await send('cancel', { tenantId: 'globex' })).toEqual(
      refusal('wrong_designation', 'The capability token is for another object'),
    )
    expect(await send('cancel', { tenantId: 'acme' })).toEqual(acme)
    expect(await send('ping', {})).toEqual({ event: 'pong' })
    expect(ran).toEqual(['connected', 'acme', 'acme'])
  })

  it('a connection to a gateway opens without a token, but its messages are refused', async () => {
    await serve(OrdersGateway)
    await connect({})
    expect(await send('cancel', { tenantId: 'acme' })).toEqual(
      refusal('missing_token', 'A capability token is required'),
    )
    expect(ran).toEqual(['connected'])
  })

  it('a gateway asks at each message again whether the token is revoked', async () => {
    await serve(OrdersGateway)
    await connect(authority.headersFor(forAcme))
    expect(await send('cancel', { tenantId: 'acme' })).toMatchObject({ event: 'cancelled' })
    revoked = true
    expect(await send('cancel', { tenantId: 'acme' })).toMatchObject({ data: { code: 'revoked' } })
    expect(ran).toEqual(['connected', 'acme'])
  })

  it('a token is proven again at each message, also where getRequest returns the handshake itself', async () => {
    class HandshakeGuard extends CapabilityGuard {
      protected override getRequest(context: ExecutionContext): NodeRequest | undefined {
        return handshakes.get(context.switchToWs().getClient()) as NodeRequest | undefined
      }
    }
    @WebSocketGateway()
    @UseFilters(CapabilityFilter)
    class WholeGateway extends OrdersGateway {
      @SubscribeMessage('all')
      @RequireCapability({ resource: 'orders', operation: 'write', allowUndesignated: true })
      all() {
        return { event: 'all' }
      }
    }
    await serve(WholeGateway, HandshakeGuard)
    const broad = await authority.mint({ resource: 'orders', operation: 'write' })
    await connect(authority.headersFor(broad))
    expect(await send('all', {})).toEqual({ event: 'all' })
    revoked = true
    expect(await send('all', {})).toMatchObject({ data: { code: 'revoked' } })
  })

  it('a gateway refuses every message if the guard cannot read messages', async () => {
    await serve(OrdersGateway, CapabilityGuard)
    await connect(authority.headersFor(forAcme))
    expect(await send('cancel', { tenantId: 'acme' })).toMatchObject({ data: { code: 'unguarded' } })
    expect(ran).toEqual(['connected'])
  })

  it('an app with a gateway whose handler is not guarded is not created', async () => {
    @WebSocketGateway()
    class OpenGateway {
      @SubscribeMessage('open')
      open() {}
    }
    await expect(serve(OpenGateway)).rejects.toThrow(
      new TypeError('app: not every message handler is guarded\n  OpenGateway.open is not guarded'),
    )
  })
})

describe('the upgrade listeners of an app with a gateway', () => {
  it('the listener of a gateway causes no warning', async () => {
    await serve(OrdersGateway)
    expect(app?.getHttpServer().listeners('upgrade')).toHaveLength(1)
    expect(await warningsOf('WRIT_UNGUARDED_UPGRADES')).toEqual([])
  })

  it('listeners beside that of a gateway are named in a warning, whether they are added before or after', async () => {
    await serve(OrdersGateway, GatewayGuard, (nest) => {
      nest.getHttpServer().on('upgrade', () => {})
      nest.getHttpServer().once('listening', () => nest.getHttpServer().on('upgrade', function openToAll() {}))
    })
    expect(await warningsOf('WRIT_UNGUARDED_UPGRADES')).toEqual([
      'Nothing guards these listeners for "upgrade" on the HTTP server: openToAll, anonymous',
    ])
  })
})

describe('a gateway of Socket.IO', () => {
  it('a gateway of Socket.IO is guarded message by message, with the headers of its handshake', async () => {
    class SocketIoGuard extends CapabilityGuard {
      protected override getRequest(context: ExecutionContext): NodeRequest | undefined {
        if (context.getType() !== 'ws') return super.getRequest(context)
        const message = context.switchToWs()
        return messageRequest(message.getClient().request.headersDistinct, message.getData())
      }
    }
    @Module({ providers: [OrdersGateway], imports: [WritModule.forRoot({ ...options, guard: SocketIoGuard })] })
    class AppModule {}
    app = await NestFactory.create(AppModule, { logger: false, abortOnError: false })
    await app.listen(0, '127.0.0.1')
    const { port } = app.getHttpServer().address()
    const client = io(`http://127.0.0.1:${port}`, {
      transports: ['websocket'],
      extraHeaders: authority.headersFor(forAcme),
    })
    const ask = (tenantId: string, answer: string) =>
      new Promise((resolve) => client.once(answer, resolve).emit('cancel', { tenantId }))
    expect(await ask('acme', 'cancelled')).toEqual({ tenantId: 'acme', by: 'alice' })
    expect(await ask('globex', 'exception')).toEqual({
      status: 'error',
      code: 'wrong_designation',
      message: 'The capability token is for another object',
    })
    client.close()
    expect(await warningsOf('WRIT_UNGUARDED_UPGRADES')).toEqual([])
    expect(ran).toEqual(['connected', 'acme'])
  })

  it.each(['websocket', 'polling'])(
    'a gateway of Socket.IO proves a token again at each message where getRequest returns the handshake itself: %s',
    async (transport) => {
      class HandshakeGuard extends CapabilityGuard {
        protected override getRequest(context: ExecutionContext): NodeRequest | undefined {
          return context.switchToWs().getClient().request
        }
      }
      @WebSocketGateway()
      @UseFilters(CapabilityFilter)
      class WholeGateway {
        @SubscribeMessage('all')
        @RequireCapability({ resource: 'orders', operation: 'write', allowUndesignated: true })
        all() {
          return { event: 'all', data: 'done' }
        }
      }
      @Module({ providers: [WholeGateway], imports: [WritModule.forRoot({ ...options, guard: HandshakeGuard })] })
      class AppModule {}
      app = await NestFactory.create(AppModule, { logger: false, abortOnError: false })
      await app.listen(0, '127.0.0.1')
      const broad = await authority.mint({ resource: 'orders', operation: 'write' })
      const client = io(`http://127.0.0.1:${app.getHttpServer().address().port}`, {
        transports: [transport],
        upgrade: false,
        extraHeaders: authority.headersFor(broad),
      })
      const ask = () =>
        new Promise((resolve) => {
          for (const answer of ['all', 'exception']) client.once(answer, resolve)
          client.emit('all', {})
        })
      expect(await ask()).toBe('done')
      revoked = true
      expect(await ask()).toMatchObject({ code: 'revoked' })
      client.close()
    },
  )
})
