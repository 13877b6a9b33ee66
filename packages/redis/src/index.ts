export { type CheckRedisServerOptions, checkRedisServer } from './check-redis-server.ts'
export {
  createRedisRevocationList,
  type RedisRevocationList,
  type RedisRevocationListOptions,
} from './create-redis-revocation-list.ts'
export {
  createRedisUseLedger,
  type RedisUseLedger,
  type RedisUseLedgerOptions,
} from './create-redis-use-ledger.ts'
export type { IoRedisClient, NodeRedisClient, RedisClient } from './redis-client.ts'
export type { RedisProblem, RedisProblemCode } from './redis-problem.ts'
