import { delegateIdentity, revocationIds } from '@writ/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addContextExposure } from '../../src/issue/add-context-exposure.ts'
import { forkContext } from '../../src/issue/fork-context.ts'
import { mintCapabilities } from '../../src/issue/mint-capabilities.ts'
import { openContext } from '../../src/issue/open-context.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'
import {
  codeOf,
  identityOf,
  NOW,
  openAuthority,
  POLICY,
  recordsOf,
  type TestAuthority,
} from '../support/open-authority.ts'

const CRM = { target: 'crm', operation: 'read' }
const WEB = { target: 'web', operation: 'read' }
const EMAIL = { target: 'tool:email', operation: 'send' }

/** Each test has a subject of its own, so that sessions of one do not count in the next. */
const SUBJECTS = Array.from({ length: 16 }, (_, index) => `agent:alice-${index}`)
const MANY =
  POLICY.replace('"agent:bob"', '"agent:mallory"') +
  SUBJECTS.map(
    (id) => `
[[objects]]
id = "${id}"
can_delegate = true
subordinates = "inherit"
identity = { ttl = 3600, delegatable = true }
capabilities = [
  { target = "crm", operations = ["read"] },
  { target = "web", operations = ["read"] },
  { target = "tool:email", operations = ["send"] },
]`,
  ).join('\n')

describe.each(await listDatabases())('contexts, database %#', (create) => {
  let database: TestDatabase
  let authority: TestAuthority
  let subject: string
  let identity: string
  const subjects = SUBJECTS.values()

  beforeAll(async () => {
    database = await create()
    authority = await openAuthority(database.location, { policy: MANY })
  })

  beforeEach(async () => {
    authority.time = NOW
    subject = subjects.next().value as string
    identity = await identityOf(authority, subject)
  })

  afterAll(async () => {
    await authority.close()
    await database.remove()
  })

  const open = async (expiresIn?: number) => (await openContext(authority, { identity, expiresIn })).context
  const mint = async (context: string, right: { target: string; operation: string }, as = identity) => {
    const [answer] = await mintCapabilities(authority, { identity: as, requests: [{ ...right, context }] })
    if (answer?.minted === undefined) throw answer?.refused
    return answer.minted
  }
  const exposuresOf = async (context: string) => {
    const { contexts } = await authority.rules.current()
    return (await contexts.verify(context)).exposures
  }

  it('are opened by an identity, with lineage and record, and end with it', async () => {
    authority.time = NOW + 3000
    const { context, expiresAt } = await openContext(authority, { identity })
    expect(expiresAt).toBe(NOW + 3600)
    const [id] = revocationIds(context)
    const [parent] = revocationIds(identity)
    const rows = await authority.store.read((query) =>
      query
        .selectFrom('tokens')
        .selectAll()
        .where('id', '=', id as string)
        .execute(),
    )
    expect(rows).toMatchObject([{ kind: 'context', subject, parent }])
    expect((await recordsOf(authority)).at(-1)).toMatchObject({
      kind: 'context.opened',
      actor: subject,
      revocation_id: id,
    })
  })

  it('collect what is minted, and an older and cleaner copy gains nothing', async () => {
    const clean = await open()
    const { context = '' } = await mint(clean, CRM)
    expect(await exposuresOf(context)).toEqual(['pii:name'])
    for (const one of [clean, context]) expect(await codeOf(mint(one, EMAIL))).toBe('exposure exposed')
    expect(await codeOf(mint(await open(), EMAIL))).toBe('exposure exposed')
  })

  it('collect at every process, and after a restart', async () => {
    const clean = await open()
    await mint(clean, CRM)
    const other = await openAuthority(database.location)
    const [answer] = await mintCapabilities(other, { identity, requests: [{ ...EMAIL, context: clean }] })
    await other.close()
    expect(answer?.refused?.code).toBe('exposed')
  })

  it('never let two mints pass of which each precludes the other, at two processes', async () => {
    const other = await openAuthority(database.location)
    const clean = await open()
    const requests = [{ ...CRM, context: clean }]
    const send = [{ ...EMAIL, context: clean }]
    await Promise.all([
      mintCapabilities(authority, { identity, requests }),
      mintCapabilities(other, { identity, requests: send }),
      mintCapabilities(authority, { identity, requests: send }),
    ])
    await other.close()
    const records = (await recordsOf(authority)).filter(
      ({ kind, actor }) => kind === 'capability.minted' && actor === subject,
    )
    const read = records.findIndex(({ resource }) => resource === 'crm')
    const sent = records
      .slice(read)
      .filter(({ resource, decision }) => resource === 'tool:email' && decision === 'allowed')
    expect(sent).toEqual([])
  })

  it('count within a batch too', async () => {
    const context = await open()
    const requests = [EMAIL, CRM, EMAIL].map((right) => ({ ...right, context }))
    const answers = await mintCapabilities(authority, { identity, requests })
    expect(answers.map(({ refused }) => refused?.code)).toEqual([undefined, undefined, 'exposed'])
  })

  it('are not exposed by a batch that is refused as a whole', async () => {
    const context = await open()
    const { store } = authority
    const failing = {
      ...authority,
      rules: {
        ...authority.rules,
        act: ((prepare, commit) =>
          authority.rules.act(prepare, async (...parts) => {
            await commit(...parts)
            throw new Error('the disk is full')
          })) as typeof authority.rules.act,
      },
    }
    const act = mintCapabilities(failing, { identity, requests: [{ ...CRM, context }] })
    await expect(act).rejects.toThrow('the disk is full')
    const minted = await store.read((query) =>
      query.selectFrom('tokens').select('id').where('subject', '=', subject).where('kind', '=', 'capability').execute(),
    )
    expect(minted).toEqual([])
    expect((await mint(context, EMAIL)).target).toBe('tool:email')
  })

  it('are fresh only for a capability, and then count what is seen later', async () => {
    await mint(await open(), CRM)
    const [presented] = revocationIds(await identityOf(authority, 'admin'))
    const opening = { subject, presentedIds: [presented as string], actor: 'admin' }
    const { context: inheriting } = await openContext(authority, opening)
    expect(await exposuresOf(inheriting)).toEqual(['pii:name'])
    const { context } = await openContext(authority, { ...opening, fresh: true })
    expect(await exposuresOf(context)).toEqual([])
    expect((await mint(context, EMAIL)).target).toBe('tool:email')
    await mint(inheriting, CRM)
    expect(await codeOf(mint(context, EMAIL))).toBe('exposure exposed')
    expect((await recordsOf(authority)).findLast(({ kind }) => kind === 'context.opened')).toMatchObject({
      actor: 'admin',
      subject,
      detail: { fresh: true },
    })
    await authority.store.transact(({ query }) =>
      query
        .updateTable('tokens')
        .set({ revoked_at: NOW })
        .where('id', '=', presented as string)
        .execute(),
    )
    expect(await codeOf(openContext(authority, opening))).toBe('refused_credential')
  })

  it('are forked for a child, in one session with its parent', async () => {
    const parent = await open()
    const child = `${subject}:job`
    const fork = await forkContext(authority, { identity, context: parent, subject: child, expiresIn: 60 })
    expect(fork).toMatchObject({ subject: child, expiresAt: NOW + 60 })
    const { publicKey } = (await authority.rules.current()).keys.root
    const job = await delegateIdentity(identity, publicKey, { identity: child, now: () => NOW })
    await mint(fork.context, CRM, job)
    expect(await codeOf(mint(parent, EMAIL))).toBe('exposure exposed')
    const row = await authority.store.read((query) =>
      query
        .selectFrom('tokens')
        .select('parent')
        .where('id', '=', revocationIds(fork.context)[0] as string)
        .executeTakeFirst(),
    )
    expect(row?.parent).toBe(revocationIds(parent)[0])
  })

  it('are neither forked, exposed nor used by somebody else, nor forked for somebody else', async () => {
    const context = await open()
    const mallory = await identityOf(authority, 'agent:mallory')
    const attacks = [
      () => forkContext(authority, { identity: mallory, context, subject: 'agent:mallory' }),
      () => forkContext(authority, { identity: mallory, context, subject: `${subject}:job` }),
      () => forkContext(authority, { identity, context, subject: 'agent:mallory' }),
      () => addContextExposure(authority, { identity: mallory, context, exposures: ['pii:name'], source: 'x' }),
      () => mint(context, EMAIL, mallory),
    ]
    for (const attack of attacks) expect(await codeOf(attack())).toBe('context wrong_context')
    expect(await exposuresOf(await open())).toEqual([])
  })

  it('are exposed from outside, and an older copy gains nothing', async () => {
    const clean = await open()
    const exposures = ['pii:note']
    const { context } = await addContextExposure(authority, { identity, context: clean, exposures, source: 'upload' })
    expect(await exposuresOf(context)).toEqual(exposures)
    expect(await codeOf(mint(clean, EMAIL))).toBe('exposure exposed')
    expect((await recordsOf(authority)).findLast(({ kind }) => kind === 'exposure.added')).toMatchObject({
      actor: subject,
      detail: { exposures, source: 'upload' },
    })
  })

  it('refuse labels that none can be, and then have seen nothing', async () => {
    const context = await open()
    for (const exposures of [['\0'], ['\ud800'], [''], ['a"b']]) {
      const addition = { identity, context, exposures, source: 'upload' }
      expect(await codeOf(addContextExposure(authority, addition))).toBe('invalid_request')
    }
    expect((await mint(context, EMAIL)).target).toBe('tool:email')
  })

  it('are refused once they are revoked, expired, or if the identity is', async () => {
    const context = await open(60)
    const revoked = await open()
    const revoke = (token: string) =>
      authority.store.transact(({ query }) =>
        query
          .updateTable('tokens')
          .set({ revoked_at: NOW })
          .where('id', '=', revocationIds(token)[0] as string)
          .execute(),
      )
    await revoke(revoked)
    expect(await codeOf(mint(revoked, WEB))).toBe('context wrong_context')
    expect(await codeOf(forkContext(authority, { identity, context: revoked, subject }))).toBe('context wrong_context')
    authority.time = NOW + 60
    expect(await codeOf(mint(context, WEB))).toBe('context wrong_context')
    await revoke(identity)
    expect(await codeOf(openContext(authority, { identity }))).toBe('refused_credential')
  })

  it('grow past their blocks and stay one session', async () => {
    let context = await open()
    const first = context
    for (let index = 0; index < 12; index++) {
      const addition = { identity, context, exposures: [`note:${index}`], source: 'upload' }
      context = (await addContextExposure(authority, addition)).context
    }
    expect(revocationIds(context)[0]).not.toBe(revocationIds(first)[0])
    expect(await exposuresOf(context)).toHaveLength(12)
    const { context: after = '' } = await mint(first, WEB)
    expect(await exposuresOf(after)).toHaveLength(13)
  })
})

describe('a resolver', () => {
  it('names the object of a capability in a session, before the transaction', async () => {
    const [create] = await listDatabases()
    const database = await (create as () => Promise<TestDatabase>)()
    let inside = false
    const authority = await openAuthority(database.location, {
      resolver: async () => {
        // A read is refused inside of a transaction.
        await authority.store
          .read(async () => undefined)
          .catch(() => {
            inside = true
          })
        return { tenantId: 'acme' }
      },
    })
    const identity = await identityOf(authority)
    const { context } = await openContext(authority, { identity })
    const [answer] = await mintCapabilities(authority, { identity, requests: [{ ...CRM, context }] })
    expect(answer?.minted?.designations).toEqual({ tenantId: 'acme' })
    expect(inside).toBe(false)
    await authority.close()
    await database.remove()
  })
})
