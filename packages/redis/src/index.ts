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
