import { createHash } from 'node:crypto'
import { createRedisFacetLedger, createRedisRevocationList, type RedisClient } from '../../src/index.ts'

const END = 2_000_000_000
const FACET = 'f'
/** How many callers race for each use; how many rounds run at the same time; how often a use is tried again later. */
const [RACERS, WORKERS, KEPT] = [3, 4, 500]

/** What happened under load. The two lists must stay empty, whatever happens to Redis. */
export interface LoadResult {
  readonly issued: number
  readonly passed: number
  readonly revoked: number
  readonly lookups: number
  readonly refused: number
  /** Uses that passed twice. */
  readonly doubled: string[]
  /** Ids that Redis has confirmed and that passed afterwards. */
  readonly forgotten: string[]
  /** Promises of the client that have not settled: what it still keeps. */
  unsettled(): number
}

export interface Load {
  readonly result: LoadResult
  /** Resolves once so many more rounds went through without a refusal. */
  pass(rounds: number): Promise<void>
  /** Ends what runs, then tries every use and every revoked id once more. */
  stop(): Promise<LoadResult>
  /** Revokes all ids again, as one must when Redis went back in time. */
  revokeAgain(client: RedisClient): Promise<void>
}

/** Issues, spends and revokes without pause, and counts what must never be. `pick` chooses one of so many. */
export function startLoad(client: RedisClient, prefix: string, pick: (count: number) => number, timeout = 300): Load {
  const [counted, unsettled] = counting(client)
  const revocation = createRedisRevocationList(counted, { prefix: `${prefix}revoked:`, timeout })
  const facets = createRedisFacetLedger(counted, { prefix: `${prefix}facet:`, timeout })
  const passes = new Map<string, number>()
  const revokedIds: string[] = []
  const result = {
    issued: 0,
    passed: 0,
    revoked: 0,
    lookups: 0,
    refused: 0,
    doubled: [],
    forgotten: [],
    unsettled,
  } as {
    -readonly [Name in keyof LoadResult]: LoadResult[Name]
  }
  let isRunning = true
  let sequence = 0
  let smooth = 0

  /** What Redis says, or nothing: whoever asks is refused. */
  async function answer<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked
    } catch {
      result.refused++
      smooth = 0
      return undefined
    }
  }

  async function spend(id: string): Promise<void> {
    if ((await answer(facets.consume(id, FACET))) !== true) return
    result.passed++
    passes.set(id, (passes.get(id) ?? 0) + 1)
    if (passes.get(id) === 2) result.doubled.push(id)
  }

  async function look(id: string, others: readonly string[]): Promise<void> {
    result.lookups++
    if ((await answer(revocation.isRevoked([...others, id]))) === false) result.forgotten.push(id)
  }

  async function round(): Promise<void> {
    const id = createHash('sha512').update(`${prefix} ${sequence++}`).digest('hex')
    const issued = await answer(facets.issue(id, FACET, END).then(() => true))
    if (issued) {
      result.issued++
      passes.set(id, passes.get(id) ?? 0)
      await Promise.all(Array.from({ length: RACERS }, () => spend(id)))
    }
    if (pick(4) === 0 && (await answer(revocation.revoke(id, { expiresAt: END }).then(() => true)))) {
      result.revoked++
      revokedIds.push(id)
    }
    const known = revokedIds[pick(revokedIds.length || 1)]
    if (known !== undefined) await look(known, [id.slice(2), id.slice(4)])
    const earlier = [...passes.keys()][pick(passes.size || 1)]
    if (earlier !== undefined) await spend(earlier)
    if (passes.size > KEPT) passes.delete(passes.keys().next().value as string)
    smooth++
  }

  async function work(): Promise<void> {
    while (isRunning) {
      await round()
      // Refusals come at once, and the servers want the core too.
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  const workers = Array.from({ length: WORKERS }, work)

  return {
    result,
    async pass(rounds) {
      smooth = 0
      while (smooth < rounds) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    async stop() {
      isRunning = false
      await Promise.all(workers)
      for (const id of passes.keys()) await spend(id)
      for (const id of revokedIds) await look(id, [])
      return result
    },
    async revokeAgain(other) {
      const again = createRedisRevocationList(other, { prefix: `${prefix}revoked:` })
      for (const id of revokedIds) await again.revoke(id, { expiresAt: END })
    },
  }
}

/** The client, and how many of its promises have not settled. */
function counting(client: RedisClient): [RedisClient, () => number] {
  let unsettled = 0
  const counted = new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const promise = value.apply(target, args)
        unsettled++
        const settle = () => unsettled--
        promise.then(settle, settle)
        return promise
      }
    },
  })
  return [counted, () => unsettled]
}
