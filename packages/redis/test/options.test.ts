import { Cluster, Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { describe, expect, it } from 'vitest'
import { createRedisRevocationList, createRedisUseLedger } from '../src/index.ts'

describe('a list and a ledger', () => {
  const client = new Redis({ lazyConnect: true })

  it.each([[undefined], [null], ['redis://127.0.0.1'], [{}], [{ set: 'a function' }]])(
    'throw a TypeError for the client %j',
    (wrong) => {
      for (const create of [createRedisRevocationList, createRedisUseLedger]) {
        expect(() => create(wrong as never)).toThrow(
          new TypeError('client: must be a client of the package redis (5 or later) or ioredis'),
        )
      }
    },
  )

  it.each([
    ['prefix', ''],
    ['prefix', 'with space'],
    ['prefix', 'a\r\nb'],
    ['prefix', 'é'],
    ['prefix', 'x'.repeat(101)],
    ['prefix', 7],
    ['timeout', 0],
    ['timeout', 1.5],
    ['timeout', 60_001],
    ['timeout', Infinity],
    ['timeout', '1000'],
    ['maxPending', 0],
    ['maxPending', 1.5],
    ['maxPending', Infinity],
    ['maxPending', '1000'],
    ['ttl', 7],
    ['constructor', 7],
  ])('throw a TypeError for the option %s: %j', (name, value) => {
    const options = { [name]: value }
    for (const create of [createRedisRevocationList, createRedisUseLedger]) {
      expect(() => create(client, options)).toThrow(TypeError)
      expect(() => create(client, options)).toThrow(new RegExp(`^${name}: `))
    }
  })

  it('creating a list and a ledger connects to nothing', () => {
    createRedisRevocationList(client, { prefix: 'a:', timeout: 60_000 })
    createRedisUseLedger(client, { prefix: undefined, timeout: undefined })
    expect(client.status).toBe('wait')
  })

  it.each([
    [/^client: has a commandTimeout/, new Redis({ lazyConnect: true, commandTimeout: 500 })],
    [/^client: has a commandTimeout/, new Redis5({ lazyConnect: true, commandTimeout: 500 })],
    [/^client: has a commandTimeout/, new Cluster([], { lazyConnect: true, redisOptions: { commandTimeout: 500 } })],
    [/^client: autoResendUnfulfilledCommands/, new Redis({ lazyConnect: true, autoResendUnfulfilledCommands: false })],
  ])('throw a TypeError that says %s for a client whose commands cannot be counted', (message, wrong) => {
    for (const create of [createRedisRevocationList, createRedisUseLedger]) {
      expect(() => create(wrong)).toThrow(TypeError)
      expect(() => create(wrong)).toThrow(message)
    }
  })

  it('a list and a ledger take a client that gives up all commands when a connection ends', () => {
    const options = { lazyConnect: true, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 }
    for (const wellDone of [new Redis(options), new Redis5(options)]) createRedisUseLedger(wellDone)
  })
})
