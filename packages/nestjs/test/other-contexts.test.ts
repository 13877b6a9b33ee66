import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  connect,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ExecutionContext } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { createTestAuthority } from '@writ/testing'
import { firstValueFrom, type Observable } from 'rxjs'
import { expect, it } from 'vitest'
import {
  CapabilityException,
  CapabilityFilter,
  CapabilityGuard,
  capability,
  type NodeRequest,
  optionalCapability,
  RequireCapability,
  WritModule,
} from '../src/index.ts'

const authority = await createTestAuthority()
const token = await authority.mint({ resource: 'files', operation: 'read' })
const options = { keys: authority.publicKey, anchor: null, now: authority.now }

class FilesResolver {
  @RequireCapability({ resource: 'files', operation: 'read' })
  files() {}
}

/** A context as GraphQL has it: parent, arguments, what the server shares, and what is known of the field. */
function contextOf(type: string, request: unknown, info: object = {}): ExecutionContext {
  const args = [undefined, {}, { req: request }, info]
  return {
    getType: () => type,
    getClass: () => FilesResolver,
    getHandler: () => FilesResolver.prototype.files,
    getArgs: () => args,
    getArgByIndex: (index: number) => args[index],
    switchToHttp: () => ({ getRequest: () => args[0], getResponse: () => args[1] }),
  } as unknown as ExecutionContext
}

const requestWith = (authorization: string): NodeRequest => ({
  method: 'POST',
  url: '/graphql',
  rawHeaders: ['Authorization', authorization],
})

class GraphqlCapabilityGuard extends CapabilityGuard {
  protected override getRequest(context: ExecutionContext): NodeRequest | undefined {
    return context.getType<string>() === 'graphql' ? context.getArgByIndex(2).req : super.getRequest(context)
  }
}

async function guardOf(guard: typeof CapabilityGuard): Promise<CapabilityGuard> {
  const app = await NestFactory.createApplicationContext(WritModule.forRoot({ ...options, guard }), { logger: false })
  return app.get(CapabilityGuard)
}

it.each(['graphql', 'ws', 'rpc'])('a context of type %s is refused by the guard as it is', async (type) => {
  const guard = await guardOf(CapabilityGuard)
  const refused = guard.canActivate(contextOf(type, requestWith(`Bearer ${token}`)))
  await expect(refused).rejects.toBeInstanceOf(CapabilityException)
  await expect(refused).rejects.toMatchObject({ code: 'unguarded', status: 500 })
})

it('a subclass that finds the request guards resolvers, each with a capability of its own', async () => {
  const guard = await guardOf(GraphqlCapabilityGuard)
  const request = requestWith(`Bearer ${token}`)
  const context = contextOf('graphql', request)
  await expect(guard.canActivate(context)).resolves.toBe(true)
  expect(capability(context).subject).toBe('alice')
  expect(optionalCapability(contextOf('graphql', request))).toBe(undefined)
  await expect(guard.canActivate(contextOf('graphql', requestWith('Basic eA==')))).rejects.toMatchObject({
    code: 'missing_token',
    status: 401,
  })
  await expect(guard.canActivate(contextOf('ws', request))).rejects.toMatchObject({ code: 'unguarded' })
})

it.each(['http', 'http2'])(
  'resolvers share one proof of a request over %s, but not after it is answered',
  async (over) => {
    let lookUps = 0
    const revocation = {
      async isRevoked() {
        lookUps++
        return false
      },
    }
    const module = WritModule.forRoot({ ...options, revocation, guard: GraphqlCapabilityGuard })
    const app = await NestFactory.createApplicationContext(module, { logger: false })
    const guard = app.get(CapabilityGuard)
    const answer = async (req: IncomingMessage | Http2ServerRequest, res: ServerResponse | Http2ServerResponse) => {
      // As Express does.
      if (over === 'http') Object.assign(req, { res })
      await Promise.all([1, 2, 3].map(() => guard.canActivate(contextOf('graphql', req))))
      ;(res as ServerResponse).end(String(lookUps))
      if (over === 'http') await guard.canActivate(contextOf('graphql', req))
    }
    const listener = (...exchange: Parameters<typeof answer>) => void answer(...exchange)
    const server = over === 'http' ? createServer(listener) : createHttp2Server(listener)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    if (over === 'http') {
      expect(await (await fetch(at, { headers: authority.headersFor(token) })).text()).toBe('1')
      await expect.poll(() => lookUps).toBe(2)
    } else {
      const client = connect(at)
      expect(await text(client.request({ ':path': '/', ...authority.headersFor(token) }))).toBe('1')
      client.close()
    }
    server.close()
  },
)

it('capability names the handler where there is none', () => {
  expect(() => capability(contextOf('graphql', {}))).toThrow(/^FilesResolver\.files: no capability is attached/)
  const odd = { ...contextOf('ws', {}), getArgs: () => [{}, 'pattern'] } as unknown as ExecutionContext
  expect(() => capability(odd)).toThrow(/^FilesResolver\.files: no capability is attached/)
})

it('CapabilityFilter rethrows a refusal of a resolver, and answers one of a message with the code only', async () => {
  const guard = await guardOf(CapabilityGuard)
  const exception = await (guard.canActivate(contextOf('rpc', {})) as Promise<boolean>).catch((error) => error)
  const filter = new CapabilityFilter()
  expect(() => filter.catch(exception, contextOf('graphql', {}))).toThrow(exception)
  const stream = filter.catch(exception, contextOf('rpc', {})) as Observable<never>
  await expect(firstValueFrom(stream)).rejects.toEqual({
    status: 'error',
    code: 'unguarded',
    message: 'The route is not guarded',
  })
})
