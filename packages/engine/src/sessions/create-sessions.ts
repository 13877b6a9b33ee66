import { isBelow } from '../policy/internal/names.ts'
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
  /** Opening is one queue: two sessions of one subject that open at once inherit from each other. */
  const opening = new Queue()
  let sweepAt = SWEEP_AFTER

  function add(record: SessionRecord, context: SessionContext): void {
    byContext.set(context.id, record)
    record.expiresAt = Math.max(record.expiresAt, context.expiresAt)
    if (byContext.size < sweepAt) return
    for (const [id, { expiresAt }] of byContext) if (expiresAt <= now()) byContext.delete(id)
    sweepAt = byContext.size + SWEEP_AFTER
  }

  function inheritedBy(subject: string): readonly string[] {
    const open = [...new Set(byContext.values())].filter(
      (record) => record.expiresAt > now() && (record.subject === subject || isBelow(subject, record.subject)),
    )
    return [...new Set(open.flatMap(({ exposures }) => [...exposures]))]
  }

  return Object.freeze({
    open: (subject, act) =>
      opening.run(async () => {
        const { result, exposures, context } = await act(inheritedBy(subject))
        add(new SessionRecord(context.id, subject, exposures), context)
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
