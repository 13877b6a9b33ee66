import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEnrolment } from '../../src/enrol/create-enrolment.ts'
import { mintFirstIdentity } from '../../src/enrol/mint-first-identity.ts'
import { putPolicy } from '../../src/policy/put-policy.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import type { Store } from '../../src/store/store.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'
import { codeOf, NOW, openAuthority, POLICY, recordsOf, type TestAuthority } from '../support/open-authority.ts'

const SECRET = /^writ-enrolment-[A-Za-z0-9_-]{43}$/

describe.each(await listDatabases())('an enrolment, database %#', (create) => {
  let database: TestDatabase
  let authority: TestAuthority

  beforeAll(async () => {
    database = await create()
    authority = await openAuthority(database.location)
  })

  afterAll(async () => {
    await authority.close()
    await database.remove()
  })

  const refusalOf = async (secret: string) => {
    const error = await mintFirstIdentity(authority, { secret }).catch((error) => error)
    return { code: error.code, message: error.message, details: error.details }
  }
  const UNIFORM = { code: 'refused_credential', message: 'The credential is not accepted', details: {} }

  it('gives one identity of its subject, with its lineage and its records', async () => {
    const { secret, expiresAt } = await createEnrolment(authority, { subject: 'agent:alice', actor: 'admin' })
    expect(secret).toMatch(SECRET)
    expect(expiresAt).toBe(NOW + 3600)
    const minted = await mintFirstIdentity(authority, { secret })
    expect(minted).toMatchObject({ subject: 'agent:alice', expiresAt: NOW + 3600 })
    const { identities } = await authority.rules.current()
    const { identity, revocationIds } = await identities.verify(minted.identity)
    expect(identity).toBe('agent:alice')
    const token = await authority.store.read((query) =>
      query
        .selectFrom('tokens')
        .selectAll()
        .where('id', '=', revocationIds[0] as string)
        .executeTakeFirstOrThrow(),
    )
    expect({ ...token }).toMatchObject({
      kind: 'identity',
      subject: 'agent:alice',
      parent: null,
      session_started_at: NOW,
    })
    const records = (await recordsOf(authority)).slice(-3)
    expect(records.map(({ kind, actor, subject }) => [kind, actor, subject])).toEqual([
      ['enrolment.created', 'admin', 'agent:alice'],
      ['enrolment.used', 'agent:alice', 'agent:alice'],
      ['identity.minted', 'agent:alice', 'agent:alice'],
    ])
    expect(records[2]?.revocation_id).toBe(revocationIds[0])
  })

  it('gives one identity to twenty who present its secret at once, at two processes', async () => {
    const other = await openAuthority(database.location)
    const { secret } = await createEnrolment(authority, { subject: 'agent:bob' })
    const attempts = Array.from({ length: 20 }, (_, index) =>
      mintFirstIdentity(index % 2 === 0 ? authority : other, { secret }),
    )
    const outcomes = await Promise.allSettled(attempts)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const codes = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))
    expect(new Set(codes)).toEqual(new Set(['refused_credential']))
    const tokens = await authority.store.read((query) =>
      query.selectFrom('tokens').select('id').where('subject', '=', 'agent:bob').execute(),
    )
    expect(tokens).toHaveLength(1)
    await other.close()
  })

  it('is refused in one way, whether unknown, used, expired or of a subject that is no longer known', async () => {
    const { secret: used } = await createEnrolment(authority, { subject: 'agent:bob' })
    await mintFirstIdentity(authority, { secret: used })
    const { secret: expired } = await createEnrolment(authority, { subject: 'agent:bob', expiresIn: 60 })
    const { secret: gone } = await createEnrolment(authority, { subject: 'agent:bob' })
    const { etag } = await readPolicy(authority)
    const policy = POLICY.replace('id = "agent:bob"', 'id = "agent:carol"')
    const { etag: next } = await putPolicy(authority, { policy, ifMatch: etag, author: 'admin' })
    const ofUnknown = await refusalOf(gone)
    await putPolicy(authority, { policy: POLICY, ifMatch: next, author: 'admin' })
    authority.time = NOW + 60
    const unknown = `writ-enrolment-${'A'.repeat(43)}`
    for (const secret of [
      unknown,
      used,
      expired,
      '',
      'x',
      '__proto__',
      '\0',
      '\ud800',
      `${gone} `,
      gone.toLowerCase(),
    ]) {
      expect(await refusalOf(secret)).toEqual(UNIFORM)
    }
    expect(ofUnknown).toEqual(UNIFORM)
    // It was not spent by that.
    expect((await mintFirstIdentity(authority, { secret: gone })).subject).toBe('agent:bob')
    authority.time = NOW
  })

  it('takes the same statements for every secret that cannot be used', async () => {
    const { secret: used } = await createEnrolment(authority, { subject: 'agent:bob' })
    await mintFirstIdentity(authority, { secret: used })
    const { secret: expired } = await createEnrolment(authority, { subject: 'agent:bob', expiresIn: 1 })
    authority.time = NOW + 1
    const countOf = async (secret: string) => {
      let reads = 0
      let writes = 0
      const { store } = authority
      const counting: Store = {
        ...store,
        read(act) {
          reads++
          return store.read(act)
        },
        transact(act) {
          writes++
          return store.transact(act)
        },
      }
      await codeOf(mintFirstIdentity({ ...authority, store: counting }, { secret }))
      return [reads, writes]
    }
    const counts = [await countOf('unknown'), await countOf(used), await countOf(expired)]
    authority.time = NOW
    expect(counts).toEqual([counts[0], counts[0], counts[0]])
  })

  it('cannot be used by a subject that is revoked', async () => {
    const { secret } = await createEnrolment(authority, { subject: 'agent:alice:revoked:job' })
    await authority.store.transact(({ query }) =>
      query
        .insertInto('revocations')
        .values({
          sequence: 1,
          time_ms: 0,
          type: 'actor',
          value: 'agent:alice:revoked',
          issued_before: null,
          expires_at: NOW + 86_400,
          reason: null,
          hash: '',
        })
        .execute(),
    )
    expect(await refusalOf(secret)).toEqual(UNIFORM)
  })

  it('keeps its secret out of the database, the audit and every error', async () => {
    const { secret } = await createEnrolment(authority, { subject: 'agent:bob' })
    await mintFirstIdentity(authority, { secret })
    const error = await mintFirstIdentity(authority, { secret }).catch((error) => error)
    const stored = await authority.store.read(async (query) => [
      await query.selectFrom('enrolments').selectAll().execute(),
      await query.selectFrom('audit').selectAll().execute(),
    ])
    const random = secret.replace('writ-enrolment-', '')
    expect(JSON.stringify(stored)).not.toContain(random)
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(random)
  })

  it('is refused for a subject that could never use it, and for a lifetime that is none', async () => {
    expect(await codeOf(createEnrolment(authority, { subject: 'mallory' }))).toBe('subject unknown_subject')
    expect(await codeOf(createEnrolment(authority, { subject: 'agent:alice:\0' }))).toBe('invalid_request')
    for (const expiresIn of [0, -1, 1.5, Number.NaN]) {
      expect(await codeOf(createEnrolment(authority, { subject: 'agent:bob', expiresIn }))).toBe('invalid_request')
    }
    const { expiresAt } = await createEnrolment(authority, { subject: 'agent:bob', expiresIn: 1e9 })
    expect(expiresAt).toBe(NOW + 7 * 86_400)
  })

  it('leaves one record a minute of strangers, with the number of their refusals', async () => {
    authority.time = NOW + 1000
    const before = (await recordsOf(authority)).length
    for (let attempt = 0; attempt < 30; attempt++) await refusalOf('wrong')
    authority.time += 60
    await refusalOf('wrong')
    const records = (await recordsOf(authority)).slice(before)
    authority.time = NOW
    expect(records.map(({ kind, decision, actor }) => [kind, decision, actor])).toEqual([
      ['enrolment.used', 'refused', null],
      ['enrolment.used', 'refused', null],
    ])
    expect(records[1]?.detail['count']).toBe(30)
  })
})
