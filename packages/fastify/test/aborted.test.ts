import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { queryObjects } from 'node:v8'
import fastify from 'fastify'
import { expect, it } from 'vitest'
import { writ } from '../src/index.ts'
import { options, tokenFor } from './support.ts'

const REQUESTS = 1000

it('a thousand requests that are aborted while they are decided leave nothing behind', async () => {
  const rejections: unknown[] = []
  const listener = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', listener)

  let asked = 0
  let waiting: (() => void)[] = []
  let requestType: (new (...args: never[]) => unknown) | undefined
  const app = fastify()
  app.register(writ, {
    ...options,
    // Decided only when the client has gone.
    revocation: {
      isRevoked: () => {
        asked += 1
        const revoked = asked % 4 < 2
        return new Promise<boolean>((resolve) => waiting.push(() => resolve(revoked)))
      },
    },
    onDecision: (_decision, { native }) => {
      requestType = native.constructor as typeof requestType
    },
  })
  const named = { resource: 'files', designate: { tenantId: 'tenantId' } } as const
  const inBody = { resource: 'files', designate: { tenantId: { body: 'tenant' } } } as const
  app.get('/:tenantId', { config: { capability: named } }, async () => 'ok')
  app.post('/', { config: { capability: inBody } }, async () => 'ok')
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const [reading, writing] = [await tokenFor(), await tokenFor({ tenantId: 'acme' }, 'write')]

  /** Half of them announce a body that never comes, so that the decision about it is never finished. */
  async function abort(index: number): Promise<void> {
    const post = index % 2 === 0
    const lines = [
      post ? 'POST / HTTP/1.1' : 'GET /acme HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${post ? writing : reading}`,
      ...(post ? ['Content-Type: application/json', 'Content-Length: 1000'] : []),
    ]
    const socket = connect(port, '127.0.0.1')
    const arrived = once(app.server, 'request')
    socket.write(`${lines.join('\r\n')}\r\n\r\n${post ? '{' : ''}`)
    await arrived
    socket.destroy()
    await once(socket, 'close')
  }

  for (let index = 0; index < REQUESTS; index += 1) {
    await abort(index)
    if (index % 50 === 49) {
      for (const decide of waiting) decide()
      waiting = []
    }
  }
  await app.close()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', listener)

  expect(rejections).toEqual([])
  // Counts what is alive after a full collection; a few of the last may still be on somebody's stack.
  expect(queryObjects(requestType!, { format: 'count' })).toBeLessThan(60)
})
