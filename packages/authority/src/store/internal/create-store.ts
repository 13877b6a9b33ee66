import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import type { Transaction } from 'kysely'
import type { Head, Store, StoreTransaction } from '../store.ts'
import type { Tables } from '../tables.ts'
import type { Backend } from './backend.ts'
import { describeFailure, isRepeatable } from './describe-failure.ts'

const MAX_TRIES = 5
const CHANGED = 'changed'

/** The store around a database that has all tables. */
export function createStore(backend: Backend): Store {
  const inside = new AsyncLocalStorage<true>()
  const changes = new EventEmitter().setMaxListeners(0)
  const stopWatching = backend.watch(() => void changes.emit(CHANGED))

  function assertOutside(): void {
    if (inside.getStore()) throw new Error('a transaction is under way: use its query')
  }

  async function tryOnce<Result>(act: (transaction: StoreTransaction) => Promise<Result>): Promise<Result> {
    return backend.writer.transaction().execute(async (query) => {
      const transaction = new HeadLock(query, backend)
      const result = await inside.run(true, () => act(transaction))
      await backend.announce(query)
      return result
    })
  }

  return Object.freeze({
    kind: backend.kind,
    async read(act) {
      assertOutside()
      try {
        return await act(backend.reader)
      } catch (error) {
        throw describeFailure(error)
      }
    },
    async transact(act) {
      assertOutside()
      for (let tries = 1; ; tries++) {
        try {
          const result = await tryOnce(act)
          changes.emit(CHANGED)
          return result
        } catch (error) {
          if (tries < MAX_TRIES && isRepeatable(error)) continue
          throw describeFailure(error)
        }
      }
    },
    onChange(listener) {
      changes.on(CHANGED, listener)
      return () => void changes.off(CHANGED, listener)
    },
    async close() {
      stopWatching()
      await backend.close()
    },
  } satisfies Store)
}

class HeadLock implements StoreTransaction {
  readonly query: Transaction<Tables>
  readonly #backend: Backend
  #head: Head | undefined

  constructor(query: Transaction<Tables>, backend: Backend) {
    this.query = query
    this.#backend = backend
  }

  async lockHead(): Promise<Head> {
    if (this.#head !== undefined) return this.#head
    const { id: _, ...head } = await this.#backend.lockHead(this.query).executeTakeFirstOrThrow()
    this.#head = head
    return head
  }

  async updateHead(change: Partial<Head>): Promise<void> {
    if (this.#head === undefined) throw new Error('the head is not locked')
    await this.query.updateTable('head').set(change).where('id', '=', 1).execute()
    this.#head = { ...this.#head, ...change }
  }
}
