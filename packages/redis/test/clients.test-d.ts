import type { Cluster, Redis } from 'ioredis'
import type { Redis as Redis5 } from 'ioredis5'
import type { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import type {
  createClient as createClient5,
  createClientPool as createClientPool5,
  createCluster as createCluster5,
  createSentinel as createSentinel5,
} from 'redis5'
import { expectTypeOf, test } from 'vitest'
import type { RedisClient } from '../src/index.ts'

test('clients of redis are taken, however they reach the server', () => {
  expectTypeOf<ReturnType<typeof createClient>>().toExtend<RedisClient>()
  expectTypeOf<ReturnType<typeof createClientPool>>().toExtend<RedisClient>()
  expectTypeOf<ReturnType<typeof createCluster>>().toExtend<RedisClient>()
  expectTypeOf<ReturnType<typeof createSentinel>>().toExtend<RedisClient>()
  expectTypeOf<ReturnType<typeof createClient5>>().toExtend<RedisClient>()
  expectTypeOf<ReturnType<typeof createClientPool5>>().toExtend<RedisClient>()
  expectTypeOf<ReturnType<typeof createCluster5>>().toExtend<RedisClient>()
  expectTypeOf<ReturnType<typeof createSentinel5>>().toExtend<RedisClient>()
})

test('clients of ioredis are taken', () => {
  expectTypeOf<Redis>().toExtend<RedisClient>()
  expectTypeOf<Cluster>().toExtend<RedisClient>()
  expectTypeOf<Redis5>().toExtend<RedisClient>()
})

test('other things are not', () => {
  expectTypeOf<Map<string, string>>().not.toExtend<RedisClient>()
  expectTypeOf<{
    get(key: string): Promise<string>
    set(key: string, value: string): Promise<unknown>
  }>().not.toExtend<RedisClient>()
})
