/** A client of the package `redis`: from `createClient`, `createClientPool`, `createCluster` or `createSentinel`. */
export interface NodeRedisClient {
  set(
    key: string,
    value: string,
    options?: {
      readonly expiration: { readonly type: 'EXAT'; readonly value: number }
      readonly condition: 'NX'
    },
  ): PromiseLike<unknown>
  expireAt(key: string, unixSeconds: number, mode: 'GT'): PromiseLike<unknown>
  exists(keys: string[]): PromiseLike<unknown>
  getDel(key: string): PromiseLike<unknown>
}

/** A client of the package `ioredis`: a `Redis` or a `Cluster`. */
export interface IoRedisClient {
  set(key: string, value: string): PromiseLike<unknown>
  set(key: string, value: string, expiration: 'EXAT', unixSeconds: number, condition: 'NX'): PromiseLike<unknown>
  expireat(key: string, unixSeconds: number, mode: 'GT'): PromiseLike<unknown>
  exists(...keys: string[]): PromiseLike<unknown>
  getdel(key: string): PromiseLike<unknown>
}

/** A client of either package. You connect it, listen for its errors and close it. */
export type RedisClient = NodeRedisClient | IoRedisClient
