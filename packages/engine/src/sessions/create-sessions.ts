import { namesAbove } from '../policy/internal/names.ts'
import type { Session, SessionContext, Sessions } from './sessions.ts'

/** The options of a record in memory. */
export interface CreateSessionsOptions {
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

/** Expired sessions are removed whenever so many contexts were added since the last removal. */
const SWEEP_AFTER = 1024

/**
 * Creates a record of sessions in memory, for a single process or for tests. After a restart it is empty, and every context
 * is refused.
 *
 * @throws `TypeError` naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@writ/core'
 * import { createEngine, createSessions, parsePolicy } from '@writ/engine'
 *
 * const policy = parsePolicy({ objects: [{ id: 'agent:alice' }] })
 * const engine = createEngine({ policy, keys: await generateKeyPair(), sessions: createSessions() })
 * const context = await engine.mintContext({ subject: 'agent:alice' })
 * ```
 */
export function createSessions({ now = () => Date.now() / 1000 }: CreateSessionsOptions = {}): Sessions {
  if (typeof now !== 'function') throw new TypeError('now: must be a function')
  const byContext = new Map<string, SessionRecord>()
  const bySubject = new Map<string, Set<SessionRecord>>()
  /** Opening is one queue: of two sessions of one subject that open at once, the second inherits from the first. */
  const opening = new Queue()
  let sweepAt = SWEEP_AFTER

  function add(record: SessionRecord, context: SessionContext): void {
    byContext.set(context.id, record)
    record.expiresAt = Math.max(record.expiresAt, context.expiresAt)
    if (byContext.size >= sweepAt) sweep()
  }

  function sweep(): void {
    for (const [id, record] of byContext) {
      if (record.expiresAt > now()) continue
      byContext.delete(id)
      const others = bySubject.get(record.subject)
      others?.delete(record)
      if (others?.size === 0) bySubject.delete(record.subject)
    }
    sweepAt = byContext.size + SWEEP_AFTER
  }

  function inheritedBy(subject: string): readonly string[] {
    const records = [subject, ...namesAbove(subject)].flatMap((name) => [...(bySubject.get(name) ?? [])])
    const open = records.filter(({ expiresAt }) => expiresAt > now())
    return [...new Set(open.flatMap(({ exposures }) => [...exposures]))]
  }

  return Object.freeze({
    open: (subject, act) =>
      opening.run(async () => {
        const { result, exposures, context } = await act(inheritedBy(subject))
        const record = new SessionRecord(context.id, subject, exposures)
        bySubject.set(subject, (bySubject.get(subject) ?? new Set()).add(record))
        add(record, context)
        return result
      }),
    within: async (contextId, act) => {
      const record = byContext.get(contextId)
      if (record === undefined || record.expiresAt <= now()) return (await act(undefined)).result
      return record.queue.run(async () => {
        const { result, exposures, context } = await act(record.describe())
        for (const label of exposures) record.exposures.add(label)
        if (context !== undefined) add(record, context)
        return result
      })
    },
  } satisfies Sessions)
}

class SessionRecord {
  readonly queue = new Queue()
  readonly exposures: Set<string>
  readonly id: string
  readonly subject: string
  expiresAt = 0

  constructor(id: string, subject: string, exposures: readonly string[]) {
    this.id = id
    this.subject = subject
    this.exposures = new Set(exposures)
  }

  describe(): Session {
    return Object.freeze({ id: this.id, subject: this.subject, exposures: Object.freeze([...this.exposures]) })
  }
}

/** Runs acts one after the other. */
class Queue {
  #last: Promise<unknown> = Promise.resolve()

  run<Result>(act: () => Promise<Result>): Promise<Result> {
    const running = this.#last.then(act)
    this.#last = running.catch(() => undefined)
    return running
  }
}
