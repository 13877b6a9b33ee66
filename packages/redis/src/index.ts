export { type CheckRedisServerOptions, checkRedisServer } from './check-redis-server.ts'
export {
  createRedisFacetLedger,
  type RedisFacetLedger,
  type RedisFacetLedgerOptions,
} from './create-redis-facet-ledger.ts'
export {
  createRedisRevocationList,
  type RedisRevocationList,
  type RedisRevocationListOptions,
} from './create-redis-revocation-list.ts'
export type { IoRedisClient, NodeRedisClient, RedisClient } from './redis-client.ts'
export type { RedisProblem, RedisProblemCode } from './redis-problem.ts'
