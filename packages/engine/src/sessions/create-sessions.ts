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
 * is refused. Acts run one after the other.
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
  const related = new RelatedSessions()
  const queue = new Queue()
  /** Grows with every act, so that a fresh session can tell what was recorded after it was opened. */
  let time = 0
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
      related.delete(record)
    }
    sweepAt = byContext.size + SWEEP_AFTER
  }

  /** Takes over what related sessions have seen, so that it stays when those end. */
  function catchUp(record: SessionRecord): void {
    for (const other of related.of(record.subject)) {
      if (other.expiresAt <= now()) continue
      for (const [label, at] of other.labels) if (at > record.since) record.see(label, at)
    }
  }

  return Object.freeze({
    open: ({ subject, fresh }, act) =>
      queue.run(async () => {
        const record = new SessionRecord(subject, fresh ? time : 0)
        catchUp(record)
        const { result, exposures, context } = await act([...record.labels.keys()])
        time++
        for (const label of exposures) record.see(label, time)
        record.id = context.id
        related.add(record)
        add(record, context)
        return result
      }),
    within: (contextId, act) =>
      queue.run(async () => {
        const record = byContext.get(contextId)
        if (record === undefined || record.expiresAt <= now()) return (await act(undefined)).result
        catchUp(record)
        const { result, exposures, context } = await act(record.describe())
        time++
        for (const label of exposures) record.see(label, time)
        if (context !== undefined) add(record, context)
        return result
      }),
  } satisfies Sessions)
}

class SessionRecord {
  readonly subject: string
  /** What was recorded up to then does not count. */
  readonly since: number
  /** Each label with the time at which it was recorded last. */
  readonly labels = new Map<string, number>()
  id = ''
  expiresAt = 0

  constructor(subject: string, since: number) {
    this.subject = subject
    this.since = since
  }

  see(label: string, at: number): void {
    this.labels.set(label, Math.max(at, this.labels.get(label) ?? 0))
  }

  describe(): Session {
    return Object.freeze({ id: this.id, subject: this.subject, exposures: Object.freeze([...this.labels.keys()]) })
  }
}

/** Sessions by subject, and by each name above it. */
class RelatedSessions {
  readonly #ofName = new Map<string, Set<SessionRecord>>()
  readonly #atOrBelow = new Map<string, Set<SessionRecord>>()

  add(record: SessionRecord): void {
    const { subject } = record
    addTo(this.#ofName, subject, record)
    for (const name of [subject, ...namesAbove(subject)]) addTo(this.#atOrBelow, name, record)
  }

  delete(record: SessionRecord): void {
    const { subject } = record
    deleteFrom(this.#ofName, subject, record)
    for (const name of [subject, ...namesAbove(subject)]) deleteFrom(this.#atOrBelow, name, record)
  }

  /** The sessions of a name, of the names below it, and of the names above it. */
  *of(subject: string): Iterable<SessionRecord> {
    yield* this.#atOrBelow.get(subject) ?? []
    for (const name of namesAbove(subject)) yield* this.#ofName.get(name) ?? []
  }
}

function addTo(sets: Map<string, Set<SessionRecord>>, name: string, record: SessionRecord): void {
  const set = sets.get(name) ?? new Set()
  sets.set(name, set.add(record))
}

function deleteFrom(sets: Map<string, Set<SessionRecord>>, name: string, record: SessionRecord): void {
  const set = sets.get(name)
  set?.delete(record)
  if (set?.size === 0) sets.delete(name)
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
