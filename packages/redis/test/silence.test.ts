import { expect, it, vi } from 'vitest'
import { createRedisRevocationList, createRedisUseLedger, type RedisClient } from '../src/index.ts'
import { CLIENT_NAMES } from './support/clients.ts'
import { describeWithServer } from './support/describe-with-server.ts'
import { type Front, startFront } from './support/front.ts'
import { connectAsRecommended, RECOMMENDED } from './support/recommended.ts'
import { startServer } from './support/redis-server.ts'
import { authority, READ, verdict } from './support/tokens.ts'

const ID = 'ab'.repeat(64)
const TIMEOUT = 100

describeWithServer('when a server takes commands and answers none', () => {
  async function withSilence(
    name: (typeof CLIENT_NAMES)[number],
    body: (client: RedisClient, front: Front) => Promise<void>,
  ) {
    const server = await startServer()
    const front = await startFront(server.port)
    const { client, close } = await connectAsRecommended(name, front.url)
    try {
      front.mute(true)
      await body(client, front)
    } finally {
      close()
      front.close()
      server.process.kill('SIGKILL')
    }
  }

  it.concurrent.each(CLIENT_NAMES)('a client of %s keeps no more commands than it may', (name) =>
    withSilence(name, async (client, front) => {
      const revocation = createRedisRevocationList(client, { timeout: TIMEOUT, maxPending: 50 })
      const asked = Array.from({ length: 5000 }, () => revocation.isRevoked([ID]).catch((error) => error.message))
      const said = await Promise.all(asked)
      expect(said.filter((text) => text === 'Redis did not answer within 100 ms')).toHaveLength(50)
      expect(said.filter((text) => /^Redis: 50 commands wait for an answer/.test(text))).toHaveLength(4950)
      await vi.waitFor(() => expect(front.count('EXISTS')).toBe(50))
      expect(await verdict(await authority.mint(READ), { revocation })).toBe('unavailable')
      expect(front.count('EXISTS')).toBe(50)
    }),
  )

  it.concurrent.each(CLIENT_NAMES)('after ten in a row that were late, a client of %s sends no more', (name) =>
    withSilence(name, async (client, front) => {
      const singleUse = createRedisUseLedger(client, { timeout: TIMEOUT })
      for (let use = 0; use < 10; use++)
        await expect(singleUse.consume(ID, 'f')).rejects.toThrow('Redis did not answer within')
      for (let use = 0; use < 100; use++)
        await expect(singleUse.consume(ID, 'f')).rejects.toThrow('Redis is silent: the last 10')
      expect(front.count('GETDEL')).toBe(10)
    }),
  )

  it.concurrent.each(CLIENT_NAMES)(
    'a client of %s recovers under requests that never pause',
    { timeout: 30_000 },
    (name) =>
      withSilence(name, async (client, front) => {
        const revocation = createRedisRevocationList(client, { timeout: TIMEOUT })
        const codes: string[] = []
        const token = await authority.mint(READ)
        const ask = async () => codes.push(await verdict(token, { revocation }))
        const timer = setInterval(() => void ask(), 20)
        try {
          await vi.waitFor(() => expect(front.connections()).toBeGreaterThan(1), { timeout: 20_000 })
          expect(new Set(codes)).toEqual(new Set(['unavailable']))
          front.mute(false)
          await vi.waitFor(() => expect(codes.at(-1)).toBe('allowed'), { timeout: 20_000 })
        } finally {
          clearInterval(timer)
        }
      }),
  )
})

describeWithServer('a client as recommended', () => {
  it.concurrent.each(CLIENT_NAMES)('of %s that is idle stays connected', { timeout: 30_000 }, async (name) => {
    const front = await startFront((await startServer()).port)
    const { client, close } = await connectAsRecommended(name, front.url)
    // Time itself is what is tested: longer than the timeout of the socket.
    await new Promise((resolve) => setTimeout(resolve, RECOMMENDED.ioredis().socketTimeout + 500))
    expect(await createRedisRevocationList(client).isRevoked([ID])).toBe(false)
    expect(front.connections()).toBe(1)
    close()
    front.close()
  })

  it.concurrent.each(CLIENT_NAMES)('of %s asks a server about all ids of a token in one command', async (name) => {
    const front = await startFront((await startServer()).port)
    const { client, close } = await connectAsRecommended(name, front.url)
    const revocation = createRedisRevocationList(client)
    const ids = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(128, '0'))
    await revocation.revoke(ids[31]!)
    expect(await revocation.isRevoked(ids)).toBe(true)
    expect(await revocation.isRevoked(ids.slice(0, 31))).toBe(false)
    expect(front.count('EXISTS')).toBe(2)
    close()
    front.close()
  })
})
