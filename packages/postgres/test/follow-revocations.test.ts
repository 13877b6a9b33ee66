import { PGlite } from '@electric-sql/pglite'
import { type RemoteRevocations, remoteKeys, remoteRevocations } from '@writ/client'
import { generateKeyPair, mintCapability, revocationIds } from '@writ/core'
import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Served, serve, tampered } from '../../client/test/remote/serve.ts'
import { followRevocations, type RevocationFeed } from '../src/follow-revocations.ts'
import { readMigration } from '../src/read-migration.ts'
import { createDatabase, SERVER } from './support/database.ts'
import { prepareVerdicts, type Queryable, verdictsOf } from './support/verdicts.ts'

type Database = Parameters<typeof followRevocations>[0] & Queryable

/** A database with the schema, and how to remove it. */
async function openPglite(): Promise<{ owner: Database; remove(): Promise<void> }> {
  const db = new PGlite()
  await db.exec(await readMigration())
  return { owner: db, remove: () => db.close() }
}

const DATABASES = [
  { name: 'PGlite', open: openPglite },
  ...(SERVER === undefined ? [] : [{ name: 'PostgreSQL', open: () => createDatabase(SERVER as string) }]),
]
const seconds = () => Math.floor(Date.now() / 1000)

/** A feed that says what it is told to, and waits for more. */
function feedOf(...changes: Awaited<ReturnType<typeof changeOf>>[]): RevocationFeed {
  return {
    async *changes(signal) {
      yield* changes
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  }
}
const changeOf = (ids: readonly string[], asOf = seconds(), expiresAt = seconds() + 600) => ({
  entries: ids.map((value) => ({ type: 'token', value, expiresAt })),
  asOf,
})

describe.each(DATABASES)('followRevocations on $name', ({ open }) => {
  let owner: Database
  let remove: () => Promise<void>

  beforeAll(async () => {
    const opened = await open()
    owner = opened.owner
    remove = opened.remove
  }, 60_000)
  afterAll(() => remove?.())
  beforeEach(async () => {
    await owner.query('delete from writ.feeds')
    await owner.query('delete from writ.revocations')
    await prepareVerdicts(owner, seconds())
  })

  const codeOf = async (token: string) => {
    const [verdict] = await verdictsOf(owner, [token])
    return typeof verdict === 'string' ? verdict : 'accepted'
  }
  const ids = async () =>
    (await owner.query<{ id: string }>('select id from writ.revocations order by id')).rows.map(({ id }) => id)
  const follow = async (feed: RevocationFeed, options = {}) => {
    const followed = await followRevocations(owner, feed, options)
    onTestFinished(() => followed.close())
    return followed
  }

  /** A feed of a real authority, which is asked when the test says so. */
  async function followAuthority(served: Served, given: { readonly fetch?: typeof fetch } = {}) {
    const options = { background: false, onWarning: () => undefined, ...given }
    const keys = remoteKeys(served.url, { pinned: await served.authority.publicKey(), ...options })
    const revocation: RemoteRevocations = remoteRevocations(served.url, { keys, ...options })
    onTestFinished(async () => {
      await revocation.close()
      await keys.close()
    })
    await keys.refresh().catch(() => undefined)
    return { revocation, keys }
  }
  async function trustKeysOf({ authority }: Served, rootKeyId = 1) {
    await owner.query('select writ.trust($1, $2)', [await authority.publicKey(), rootKeyId])
  }

  it('refuses what the authority revokes, and what it had revoked before', async () => {
    const served = await serve()
    await trustKeysOf(served)
    const [first, second, third] = [await served.mint(), await served.mint(), await served.mint()]
    await served.revoke({ revocationId: revocationIds(first)[0] })
    await served.revoke({ actorPrefix: 'service:gateway:job' })
    const { revocation } = await followAuthority(served)
    await (await follow(revocation)).ready()
    expect([await codeOf(first), await codeOf(second), await codeOf(third)]).toEqual([
      'revoked',
      'accepted',
      'accepted',
    ])
    await served.revoke({ revocationId: revocationIds(second)[0] })
    await revocation.refresh()
    await expect.poll(() => codeOf(second)).toBe('revoked')
    expect(await codeOf(third)).toBe('accepted')
    // The name of an identity is no id of a block.
    expect(await ids()).toEqual([first, second].map((token) => revocationIds(token)[0]).sort())
  })

  it('hears of a revocation by the stream of the authority', async () => {
    const served = await serve()
    await trustKeysOf(served)
    const token = await served.mint()
    const keys = remoteKeys(served.url, { pinned: await served.authority.publicKey() })
    const revocation = remoteRevocations(served.url, { keys })
    onTestFinished(async () => void (await Promise.all([revocation.close(), keys.close()])))
    await (await follow(revocation)).ready()
    expect(await codeOf(token)).toBe('accepted')
    await served.revoke({ revocationId: revocationIds(token)[0] })
    await expect.poll(() => codeOf(token)).toBe('revoked')
  })

  it('refuses everything from the first call on until the authority is heard, also what it remembers', async () => {
    const served = await serve()
    await trustKeysOf(served)
    const token = await served.mint()
    expect(await codeOf(token)).toBe('accepted')
    const network = tampered()
    network.down = true
    const { revocation, keys } = await followAuthority(served, { fetch: network.fetch })
    const followed = await follow(revocation)
    expect(await codeOf(token)).toBe('unavailable')
    network.down = false
    await keys.refresh()
    await revocation.refresh()
    await followed.ready()
    expect(await codeOf(token)).toBe('accepted')
  })

  it('refuses everything after maxStale without a word of the authority, and goes on with the next', async () => {
    const served = await serve()
    await trustKeysOf(served)
    const token = await served.mint()
    const { revocation } = await followAuthority(served)
    await (await follow(revocation, { maxStale: '20s' })).ready()
    const { rows } = await owner.query<{ fresh: number }>('select fresh_until::int as fresh from writ.feeds')
    const fresh = rows[0]?.fresh ?? 0
    expect(fresh - seconds()).toBeGreaterThan(15)
    expect(fresh - seconds()).toBeLessThanOrEqual(20)
    await prepareVerdicts(owner, fresh - 1)
    expect(await codeOf(token)).toBe('accepted')
    await prepareVerdicts(owner, fresh)
    expect(await codeOf(token)).toBe('unavailable')
  })

  it('takes no old news for fresh, and none from a time to come', async () => {
    const now = seconds()
    const freshUntil = async () =>
      (await owner.query<{ fresh: number }>('select fresh_until::int as fresh from writ.feeds')).rows[0]?.fresh
    await prepareVerdicts(owner, now)
    await (await follow(feedOf(changeOf([], now - 10)))).ready()
    expect(await freshUntil()).toBe(now + 20)
    await (await follow(feedOf(changeOf([], now - 3600)))).ready()
    expect(await freshUntil()).toBe(now + 20)
    await (await follow(feedOf(changeOf([], now + 3600)))).ready()
    expect(await freshUntil()).toBe(now + 30)
  })

  it('is as strict as the feed of several that is heard least', async () => {
    const pair = await generateKeyPair()
    await owner.query('select writ.trust($1)', [pair.publicKey])
    const token = await mintCapability({ subject: 'alice', resource: 'invoices', operation: 'read' }, pair.privateKey)
    await (await follow(feedOf(changeOf([])), { name: 'one' })).ready()
    expect(await codeOf(token)).toBe('accepted')
    await follow(feedOf(), { name: 'other' })
    expect(await codeOf(token)).toBe('unavailable')
    await owner.query("select writ.unfollow('other')")
    expect(await codeOf(token)).toBe('accepted')
  })

  it('writes thousands of ids, and the same ones again', async () => {
    const many = Array.from({ length: 2500 }, (_, index) => index.toString(16).padStart(128, '0'))
    await (await follow(feedOf(changeOf([...many, many[0] as string])))).ready()
    expect(await ids()).toEqual(many)
    await (await follow(feedOf(changeOf(many)))).ready()
    expect(await ids()).toEqual(many)
  })

  it('writes with the next change what could not be written, and warns once', async () => {
    const [first, second, third] = ['11', '22', '33']
    const waiting: (() => void)[] = []
    const warnings: string[] = []
    const onWarning = ({ message }: Error) => void warnings.push(message)
    const feed: RevocationFeed = {
      async *changes() {
        for (const id of [first, second, third]) {
          yield changeOf([id])
          await new Promise<void>((resolve) => waiting.push(resolve))
        }
      },
    }
    const followed = await follow(feed, { onWarning })
    await followed.ready()
    await owner.query('alter function writ.follow(text, text, bigint, bigint) rename to away')
    await expect.poll(() => waiting.length).toBe(1)
    waiting[0]?.()
    await expect.poll(() => waiting.length).toBe(2)
    expect(await ids()).toEqual([first])
    await owner.query('alter function writ.away(text, text, bigint, bigint) rename to follow')
    waiting[1]?.()
    await expect.poll(ids).toEqual([first, second, third])
    expect(warnings).toEqual(['what is revoked could not be written to the database'])
    await expect.poll(() => waiting.length).toBe(3)
    waiting[2]?.()
  })

  it('writes nothing of a change whose end cannot be written', async () => {
    const warned = Promise.withResolvers<Error>()
    await follow(feedOf(changeOf(['11'], Number.NaN)), { onWarning: warned.resolve })
    expect((await warned.promise).message).toBe('what is revoked could not be written to the database')
    expect(await ids()).toEqual([])
  })

  it('says so when a feed ends with an error', async () => {
    const warned = Promise.withResolvers<Error>()
    const feed: RevocationFeed = {
      // biome-ignore lint/correctness/useYield: it fails before there is anything
      async *changes() {
        throw new Error('no feed')
      },
    }
    await follow(feed, { onWarning: warned.resolve })
    expect((await warned.promise).message).toBe('the feed is not followed any more')
  })

  it('forgets an id an hour after its tokens have expired, and never one that the owner has revoked', async () => {
    const now = seconds()
    await owner.query("select writ.revoke('aa')")
    await (await follow(feedOf(changeOf(['aa', 'bb', 'cc'], now, now + 60)))).ready()
    await owner.query("select writ.revoke('BB')")
    await prepareVerdicts(owner, now + 60 + 3600)
    await owner.query("select writ.follow('authority')")
    expect(await ids()).toEqual(['aa', 'bb', 'cc'])
    await prepareVerdicts(owner, now + 60 + 3601)
    await owner.query("select writ.follow('authority')")
    expect(await ids()).toEqual(['aa', 'bb'])
  })

  it('never shortens how long an id is kept', async () => {
    const now = seconds()
    const expires = async () =>
      (await owner.query<{ at: number }>('select expires::int as at from writ.revocations')).rows
    await (await follow(feedOf(changeOf(['aa'], now, now + 600), changeOf(['aa'], now, now + 60)))).ready()
    expect(await expires()).toEqual([{ at: now + 600 }])
  })
})

/** It connects when it is first used. */
const POOL = new Pool()

it.each([
  ['database', [{}, feedOf()]],
  ['feed', [POOL, { isRevoked: () => false }]],
  ['name', [POOL, feedOf(), { name: '' }]],
  ['maxStale', [POOL, feedOf(), { maxStale: 0 }]],
  ['onWarning', [POOL, feedOf(), { onWarning: 'loud' }]],
  ['stale', [POOL, feedOf(), { stale: 1 }]],
])('followRevocations names %s when that is wrong', async (name, args) => {
  await expect(followRevocations(...(args as Parameters<typeof followRevocations>))).rejects.toThrow(
    new RegExp(`^${name}: `),
  )
})

it.skipIf(SERVER === undefined)('followRevocations writes by postgres and by Kysely as well', async () => {
  const { owner, ownerUrl, remove } = await createDatabase(SERVER as string)
  onTestFinished(remove)
  const sql = postgres(ownerUrl, { max: 1 })
  const kysely = new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: ownerUrl }) }) })
  for (const [database, id] of [
    [sql, 'aa'],
    [kysely, 'bb'],
  ] as const) {
    const followed = await followRevocations(database, feedOf(changeOf([id])), { name: id })
    await followed.ready()
    await followed.close()
    expect((await owner.query('select id from writ.revocations where id = $1', [id])).rows).toEqual([{ id }])
    const { rows } = await owner.query('select fresh_until > writ.seconds() as fresh from writ.feeds where name = $1', [
      id,
    ])
    expect(rows).toEqual([{ fresh: true }])
  }
  await Promise.all([sql.end(), kysely.destroy()])
})

describe.skipIf(SERVER === undefined)('the rights that following needs', () => {
  it('a role that may execute writ.follow follows, and may do nothing else', async () => {
    const { owner, app, appRole, remove } = await createDatabase(SERVER as string)
    onTestFinished(remove)
    await expect(followRevocations(app, feedOf())).rejects.toMatchObject({ code: '42501' })
    await owner.query(`grant execute on function writ.follow(text, text, bigint, bigint) to ${appRole}`)
    const followed = await followRevocations(app, feedOf(changeOf(['aa'])))
    await followed.ready()
    await followed.close()
    expect((await owner.query('select id from writ.revocations')).rows).toEqual([{ id: 'aa' }])
    for (const statement of [
      "select writ.unfollow('authority')",
      "select writ.revoke('bb')",
      'delete from writ.revocations',
      'update writ.feeds set fresh_until = 9e15',
      'select * from writ.feeds',
    ]) {
      await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' })
    }
  })
})
