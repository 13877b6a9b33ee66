import { createSessions, type Sessions } from '@writ/engine'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { appendRecords } from '../../src/audit/append-records.ts'
import { createStoreSessions } from '../../src/rules/sessions/create-store-sessions.ts'
import { openStore } from '../../src/store/open-store.ts'
import { listDatabases } from '../store/open-databases.ts'
import { NOW } from '../support/open-authority.ts'

const subject = fc.constantFrom('agent', 'agent:alice', 'agent:alice:job', 'agent:alicea', 'agent:bob')
const id = fc.nat(5)
const label = fc.constantFrom('pii', 'web', 'note')
const step = fc.oneof(
  fc.record({ kind: fc.constant('open' as const), subject, fresh: fc.boolean(), life: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('see' as const), id, label }),
  fc.record({ kind: fc.constant('fork' as const), id, life: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('look' as const), id }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 3 }) }),
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What every act of a story saw. */
async function play(sessions: Sessions, clock: { time: number }, story: readonly Step[]): Promise<unknown[]> {
  const seen: unknown[] = []
  let opened = 0
  for (const one of story) {
    if (one.kind === 'wait') clock.time += one.seconds
    else if (one.kind === 'open') {
      const context = { id: `${opened++}`, expiresAt: clock.time + one.life }
      const act = async (labels: readonly string[]) => ({ result: [...labels].sort(), exposures: [], context })
      seen.push(await sessions.open(one, act))
    } else {
      const exposures = one.kind === 'see' ? [one.label] : []
      const context = one.kind === 'fork' ? { id: `${opened++}`, expiresAt: clock.time + one.life } : undefined
      const act = sessions.within(`${one.id}`, async (session) => ({
        result: session && [session.id, session.subject, ...[...session.exposures].sort()],
        exposures,
        context,
      }))
      seen.push(await act)
    }
  }
  return seen
}

it.each(await listDatabases())('sessions in database %# see what sessions in memory see', async (create) => {
  const database = await create()
  const store = await openStore(database.location)
  const clock = { time: NOW }
  const stored = createStoreSessions({ store, now: () => clock.time })
  const acting = <Result>(act: () => Promise<Result>) =>
    store.transact(async (transaction) => {
      const result = await stored.runIn(transaction, act)
      await appendRecords(transaction, [{ kind: 'exposure.added', decision: 'allowed' }], NOW)
      return result
    })
  const inDatabase: Sessions = {
    open: (opening, act) => acting(() => stored.open(opening, act)),
    within: (contextId, act) => acting(() => stored.within(contextId, act)),
  }
  const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (story) => {
    await store.transact(async ({ query }) => {
      for (const table of ['sessions', 'session_contexts', 'session_labels'] as const)
        await query.deleteFrom(table).execute()
    })
    clock.time = NOW
    const inMemory = await play(createSessions({ now: () => clock.time }), clock, story)
    clock.time = NOW
    expect(await play(inDatabase, clock, story)).toEqual(inMemory)
  })
  await fc.assert(property, { numRuns: 60 })
  await store.close()
  await database.remove()
})
