import { generateKeyPair } from '@writ/core'
import { createEngine, createSessions, parsePolicy, type Sessions } from '@writ/engine'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { appendRecords } from '../../src/audit/append-records.ts'
import { createStoreSessions } from '../../src/rules/sessions/create-store-sessions.ts'
import { openStore } from '../../src/store/open-store.ts'
import { listDatabases } from '../store/open-databases.ts'
import { NOW, POLICY } from '../support/open-authority.ts'

interface Record {
  readonly sessions: Sessions
  /** Forgets all sessions. */
  reset(): Promise<void>
  close(): Promise<void>
}

type Create = (now: () => number) => Promise<Record>

const inMemory: Create = async (now) => {
  const record = {
    sessions: createSessions({ now }),
    reset: async () => {
      record.sessions = createSessions({ now })
    },
    close: async () => undefined,
  }
  return record
}

/** The record in a database, each act in a transaction of its own, as the authority runs them. */
const databases = (await listDatabases()).map(
  (create): Create =>
    async (now) => {
      const database = await create()
      const store = await openStore(database.location)
      const stored = createStoreSessions({ store, now })
      const acting = <Result>(act: () => Promise<Result>) =>
        store.transact(async (transaction) => {
          const result = await stored.runIn(transaction, act)
          await appendRecords(transaction, [{ kind: 'exposure.added', decision: 'allowed' }], now())
          return result
        })
      return {
        sessions: {
          open: (opening, act) => acting(() => stored.open(opening, act)),
          within: (contextId, act) => acting(() => stored.within(contextId, act)),
        },
        reset: () =>
          store.transact(async ({ query }) => {
            for (const table of ['sessions', 'session_contexts', 'session_labels'] as const) {
              await query.deleteFrom(table).execute()
            }
          }),
        async close() {
          await store.close()
          await database.remove()
        },
      }
    },
)

describe.each([inMemory, ...databases])('a record of sessions, kind %#', (create) => {
  let time: number
  let record: Record

  beforeAll(async () => {
    record = await create(() => time)
  })

  beforeEach(async () => {
    time = NOW
    await record.reset()
  })

  afterAll(() => record.close())

  const open = (
    subject: string,
    id: string,
    { fresh = false, expiresAt = NOW + 1000, exposures = [] as string[] } = {},
  ) =>
    record.sessions.open({ subject, fresh }, async (inherited) => ({
      result: [...inherited].sort(),
      exposures,
      context: { id, expiresAt },
    }))
  const see = (id: string, ...exposures: string[]) =>
    record.sessions.within(id, async () => ({ result: undefined, exposures }))
  const seen = (id: string) =>
    record.sessions.within(id, async (session) => ({
      result: session && { ...session, exposures: [...session.exposures].sort() },
      exposures: [],
    }))

  it('knows the session of a context, with its subject and its labels', async () => {
    expect(await open('agent:alice', 'a')).toEqual([])
    await see('a', 'pii', 'web')
    expect(await seen('a')).toEqual({ id: 'a', subject: 'agent:alice', exposures: ['pii', 'web'] })
    expect(await seen('b')).toBeUndefined()
  })

  it('records labels with which a session is opened', async () => {
    await open('agent:alice', 'a', { exposures: ['pii'] })
    expect((await seen('a'))?.exposures).toEqual(['pii'])
  })

  it('records nothing of an act that fails', async () => {
    await open('agent:alice', 'a')
    const failing = record.sessions.within('a', () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    await expect(
      record.sessions.open({ subject: 'x', fresh: false }, () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no')
    expect((await seen('a'))?.exposures).toEqual([])
  })

  it('relates sessions of one subject, of names above it and of names below it, and no others', async () => {
    await open('agent:alice', 'alice')
    await see('alice', 'pii')
    expect(await open('agent:alice', 'again')).toEqual(['pii'])
    expect(await open('agent:alice:job', 'below')).toEqual(['pii'])
    for (const other of [
      'agent:bob',
      'agent:alicea',
      'agent:alice-job',
      'agent:alice;job',
      'agent:alic',
      'agent:%',
      'AGENT:ALICE',
    ]) {
      expect(await open(other, other)).toEqual([])
    }
    expect(await open('agent', 'above')).toEqual(['pii'])
  })

  it('relates names with letters that do not order by bytes everywhere', async () => {
    await open('agent:Zoë:ä', 'one', { exposures: ['pii'] })
    expect(await open('agent:Zoë', 'two')).toEqual(['pii'])
    expect(await open('agent:zoë', 'three')).toEqual([])
    expect(await open('agent:Zo', 'four')).toEqual([])
  })

  it('counts in every session what a related one has seen later', async () => {
    await open('agent:alice', 'a')
    await open('agent:alice:job', 'b')
    await see('b', 'pii')
    expect((await seen('a'))?.exposures).toEqual(['pii'])
  })

  it('counts in a fresh session only what is seen after it was opened, in whatever session', async () => {
    await open('agent:alice', 'a')
    await see('a', 'pii')
    expect(await open('agent:alice', 'fresh', { fresh: true })).toEqual([])
    expect((await seen('fresh'))?.exposures).toEqual([])
    await see('a', 'web')
    expect((await seen('fresh'))?.exposures).toEqual(['web'])
    await see('a', 'pii')
    expect((await seen('fresh'))?.exposures).toEqual(['pii', 'web'])
  })

  it('keeps what a related session has seen when that has ended', async () => {
    await open('agent:alice', 'short', { expiresAt: NOW + 10 })
    await open('agent:alice', 'long')
    await see('short', 'pii')
    await seen('long')
    time += 10
    expect((await seen('long'))?.exposures).toEqual(['pii'])
    expect(await seen('short')).toBeUndefined()
  })

  it('forgets what an ended session has seen and no open one', async () => {
    await open('agent:alice', 'short', { expiresAt: NOW + 10, exposures: ['pii'] })
    time += 10
    expect(await open('agent:alice', 'next')).toEqual([])
  })

  it('takes a context that an act leads to into the session, which lives as long as the longest', async () => {
    await open('agent:alice', 'a', { expiresAt: NOW + 10 })
    const context = { id: 'fork', expiresAt: NOW + 20 }
    await record.sessions.within('a', async () => ({ result: undefined, exposures: ['pii'], context }))
    await record.sessions.within('a', async () => ({ result: undefined, exposures: [], context }))
    time += 15
    expect(await seen('fork')).toEqual({ id: 'a', subject: 'agent:alice', exposures: ['pii'] })
  })

  it('runs acts of one session one after the other', async () => {
    await open('agent:alice', 'a')
    let running = 0
    let most = 0
    const act = async () => {
      most = Math.max(most, ++running)
      await Promise.resolve()
      running--
      return { result: undefined, exposures: [] }
    }
    await Promise.all(Array.from({ length: 8 }, () => record.sessions.within('a', act)))
    expect(most).toBe(1)
  })

  it('serves an engine: an older and cleaner context gains nothing', async () => {
    const now = () => time
    const engine = createEngine({
      policy: parsePolicy(POLICY),
      keys: await generateKeyPair(),
      now,
      sessions: record.sessions,
    })
    const subject = 'agent:alice'
    const clean = await engine.mintContext({ subject })
    const { context } = await engine.mint({ subject, target: 'crm', operation: 'read', context: clean })
    for (const one of [clean, context ?? '']) {
      const error = await engine
        .mint({ subject, target: 'tool:email', operation: 'send', context: one })
        .catch((error) => error)
      expect(error.code).toBe('exposed')
    }
  })
})
