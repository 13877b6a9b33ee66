import { AsyncLocalStorage } from 'node:async_hooks'
import type { Session, SessionOutcome, Sessions } from '@writ/engine'
import type { Store, StoreTransaction } from '../../store/store.ts'
import { findSession, labelsOfRelated } from './find-session.ts'
import { removeExpiredSessions } from './remove-expired-sessions.ts'
import { SessionTransaction } from './session-transaction.ts'
import { writeContext, writeLabels, writeSession } from './write-session.ts'

/** Sessions in the database. */
export interface StoreSessions extends Sessions {
  /**
   * Runs an act whose sessions are read and written in a transaction. The transaction must append a record to the audit,
   * because its sequence is the time of sessions. Outside of this, sessions can only be looked at.
   *
   * @throws What `act` throws; but what the database threw, if it has failed, so that nothing commits.
   */
  runIn<Result>(transaction: StoreTransaction, act: () => Promise<Result>): Promise<Result>
}

/**
 * Creates the record of sessions that all processes on one database share. It behaves as that of `createSessions`.
 *
 * @param parts - `now` is the clock, in Unix seconds.
 */
export function createStoreSessions(parts: { readonly store: Store; readonly now: () => number }): StoreSessions {
  const { store } = parts
  const storage = new AsyncLocalStorage<SessionTransaction>()
  // Ends are whole seconds, and their columns are integers.
  const now = () => Math.floor(parts.now())

  async function look<Result>(
    contextId: string,
    act: (session: Session | undefined) => Promise<SessionOutcome<Result>>,
  ): Promise<Result> {
    const session = await store.read(async (query) => {
      const found = await findSession(query, contextId, now())
      return found && describe(found, await labelsOfRelated(query, found, now()))
    })
    const { result, exposures, context } = await act(session)
    if (exposures.length > 0 || context !== undefined) throw new Error('exposures are recorded in a transaction')
    return result
  }

  return Object.freeze({
    runIn: async (transaction, act) => {
      const running = new SessionTransaction(transaction)
      return running.unlessFailed(() => storage.run(running, act))
    },
    async open({ subject, fresh }, act) {
      const running = storage.getStore()
      if (running === undefined) throw new Error('sessions are opened in a transaction')
      const { since, labels } = await running.ask(async (query, sequence) => {
        await removeExpiredSessions(query, now())
        const since = fresh ? sequence : 0
        return { since, labels: await labelsOfRelated(query, { id: '', subject, since }, now()) }
      })
      const { result, exposures, context } = await act(labels.map(({ label }) => label))
      await running.ask(async (query, sequence) => {
        await writeSession(query, { id: context.id, subject, since, expires_at: context.expiresAt })
        await writeContext(query, context.id, context)
        await writeLabels(query, context.id, [...labels, ...seenAt(sequence + 1, exposures)])
      })
      return result
    },
    async within(contextId, act) {
      const running = storage.getStore()
      if (running === undefined) return look(contextId, act)
      const found = await running.ask(async (query) => {
        const session = await findSession(query, contextId, now())
        if (session === undefined) return undefined
        const labels = await labelsOfRelated(query, session, now())
        // What related sessions have seen stays when those end.
        const newer = labels.filter(({ seen, own }) => seen !== own)
        await writeLabels(query, session.id, newer)
        return { id: session.id, described: describe(session, labels) }
      })
      if (found === undefined) return (await act(undefined)).result
      const { result, exposures, context } = await act(found.described)
      await running.ask(async (query, sequence) => {
        await writeLabels(query, found.id, seenAt(sequence + 1, exposures))
        if (context !== undefined) await writeContext(query, found.id, context)
      })
      return result
    },
  } satisfies StoreSessions)
}

function describe(
  { id, subject }: { readonly id: string; readonly subject: string },
  labels: readonly { readonly label: string }[],
): Session {
  return Object.freeze({ id, subject, exposures: Object.freeze(labels.map(({ label }) => label)) })
}

function seenAt(seen: number, labels: readonly string[]): readonly { readonly label: string; readonly seen: number }[] {
  return [...new Set(labels)].map((label) => ({ label, seen }))
}
