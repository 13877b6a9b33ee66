import { createHash } from 'node:crypto'
import { createRedisRevocationList, createRedisUseLedger, type RedisClient } from '../../src/index.ts'

const END = 2_000_000_000
const FACET = 'f'
/** Short, so that what is late is seen soon. */
const TIMEOUT = 300
/** How many rounds run at the same time, and how many uses are remembered, to be tried again later. */
const [WORKERS, KEPT] = [4, 200]

/** What happened under load. The two lists must stay empty, even if Redis fails. */
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
  /** Promises of the clients that have not settled: what they still keep. */
  unsettled(): number
}

export interface Load {
  readonly result: LoadResult
  /** Resolves once so many more rounds went through without a refusal. Errors: after a minute; when the load has ended. */
  pass(rounds: number): Promise<void>
  /** Ends what runs. */
  end(): Promise<void>
  /** Ends what runs, then tries every use and every revoked id once more. */
  stop(): Promise<LoadResult>
  /** Revokes all ids again, as one must when Redis went back in time. */
  revokeAgain(client: RedisClient): Promise<void>
}

/** Has clients issue, spend and revoke without pause, and counts what must never be. `pick` chooses one of so many. */
export function startLoad(clients: readonly RedisClient[], prefix: string, pick: (count: number) => number): Load {
  let pending = 0
  const stores = clients.map((client) => {
    const counted = counting(client, (change) => {
      pending += change
    })
    return {
      revocation: createRedisRevocationList(counted, { prefix: `${prefix}revoked:`, timeout: TIMEOUT }),
      singleUse: createRedisUseLedger(counted, { prefix: `${prefix}facet:`, timeout: TIMEOUT }),
    }
  })
  const any = () => stores[pick(stores.length)] as (typeof stores)[number]
  const unsettled = () => pending
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
  let lastRefusal = ''

  /** What Redis says, or nothing: then the request is refused. */
  async function answer<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked
    } catch (error) {
      lastRefusal = String(error)
      result.refused++
      smooth = 0
      return undefined
    }
  }

  async function spend(id: string, { singleUse } = any()): Promise<void> {
    if ((await answer(singleUse.consume(id, FACET))) !== true) return
    result.passed++
    passes.set(id, (passes.get(id) ?? 0) + 1)
    if (passes.get(id) === 2) result.doubled.push(id)
  }

  async function look(id: string, others: readonly string[]): Promise<void> {
    result.lookups++
    if ((await answer(any().revocation.isRevoked([...others, id]))) === false) result.forgotten.push(id)
  }

  async function round(): Promise<void> {
    const id = createHash('sha512').update(`${prefix} ${sequence++}`).digest('hex')
    const issued = await answer(
      any()
        .singleUse.issue(id, FACET, END)
        .then(() => true),
    )
    if (issued) {
      result.issued++
      passes.set(id, passes.get(id) ?? 0)
      // Two for each client race for it.
      await Promise.all([...stores, ...stores].map((store) => spend(id, store)))
    }
    if (
      pick(4) === 0 &&
      (await answer(
        any()
          .revocation.revoke(id, { expiresAt: END })
          .then(() => true),
      ))
    ) {
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

  async function end(): Promise<void> {
    isRunning = false
    await Promise.all(workers)
  }

  return {
    result,
    async pass(rounds) {
      const start = performance.now()
      for (smooth = 0; smooth < rounds; await new Promise((resolve) => setTimeout(resolve, 5))) {
        if (!isRunning) throw new Error('the load has ended')
        if (performance.now() - start > 60_000) throw new Error(`no recovery within a minute: ${lastRefusal}`)
      }
    },
    end,
    async stop() {
      await end()
      const last = [...[...passes.keys()].map((id) => () => spend(id)), ...revokedIds.map((id) => () => look(id, []))]
      while (last.length > 0) await Promise.all(last.splice(0, 50).map((ask) => ask()))
      return result
    },
    async revokeAgain(other) {
      const again = createRedisRevocationList(other, { prefix: `${prefix}revoked:` })
      for (const id of revokedIds) await again.revoke(id, { expiresAt: END })
    },
  }
}

/** The client, which tells when a promise of its own begins and settles. */
function counting(client: RedisClient, tell: (change: number) => void): RedisClient {
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const promise = value.apply(target, args)
        tell(1)
        const settle = () => tell(-1)
        promise.then(settle, settle)
        return promise
      }
    },
  })
}
