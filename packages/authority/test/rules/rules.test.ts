import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mintCapabilities } from '../../src/issue/mint-capabilities.ts'
import { putPolicy } from '../../src/policy/put-policy.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'
import { codeOf, identityOf, openAuthority, POLICY, recordsOf, type TestAuthority } from '../support/open-authority.ts'

const RIGHT = { target: 'crm', operation: 'read' }
const WITHOUT_CRM = POLICY.replace('  { target = "crm", operations = ["read"] },\n', '')

describe.each(await listDatabases())('rules of two processes, database %#', (create) => {
  let database: TestDatabase
  let here: TestAuthority
  let there: TestAuthority

  beforeAll(async () => {
    database = await create()
    // They start together on an empty database.
    ;[here, there] = await Promise.all([openAuthority(database.location), openAuthority(database.location)])
  })

  afterAll(async () => {
    await here.close()
    await there.close()
    await database.remove()
  })

  const put = async (authority: TestAuthority, policy: string) =>
    putPolicy(authority, { policy, ifMatch: (await readPolicy(authority)).etag, author: 'admin' })

  it('are made once: one first policy, one active root key', async () => {
    const records = await recordsOf(here)
    expect(records.filter(({ kind }) => kind === 'policy.changed')).toHaveLength(1)
    const [one, other] = [await here.rules.current(), await there.rules.current()]
    expect([other.version, other.keys.root.id]).toEqual([1, one.keys.root.id])
  })

  it('are in force at the other process at once, before it has heard of them', async () => {
    const identity = await identityOf(here)
    expect(await mintCapabilities(there, { identity, requests: [RIGHT] })).toMatchObject([{ minted: RIGHT }])
    const { version } = await put(here, WITHOUT_CRM)
    expect(await mintCapabilities(there, { identity, requests: [RIGHT] })).toMatchObject([
      { refused: { code: 'not_granted' } },
    ])
    expect((await there.rules.current()).version).toBe(version)
    await put(there, POLICY)
    // A refusal by the older rules does not count either.
    expect(await mintCapabilities(here, { identity, requests: [RIGHT] })).toMatchObject([{ minted: RIGHT }])
  })

  it('are known at the other process soon, though it does nothing', async () => {
    const { version } = await put(here, WITHOUT_CRM)
    await expect.poll(async () => (await there.rules.current()).version, { timeout: 1000, interval: 10 }).toBe(version)
    await put(here, POLICY)
  })

  it('never mint by a version after the next one was acknowledged', async () => {
    const identity = await identityOf(here)
    let acknowledged = false
    const late: unknown[] = []
    const mint = async (authority: TestAuthority) => {
      for (let round = 0; round < 12; round++) {
        const begun = acknowledged
        const [answer] = await mintCapabilities(authority, { identity, requests: [RIGHT] })
        if (begun && answer?.minted) late.push(answer.minted)
      }
    }
    const change = async () => {
      await mintCapabilities(here, { identity, requests: [RIGHT] })
      await put(there, WITHOUT_CRM)
      acknowledged = true
    }
    await Promise.all([mint(here), mint(there), mint(here), change()])
    expect(late).toEqual([])
    const records = await recordsOf(here)
    const changed = records.findLast(({ kind }) => kind === 'policy.changed')?.sequence ?? 0
    const after = records.filter(({ kind, sequence }) => kind === 'capability.minted' && sequence > changed)
    expect(after.filter(({ decision }) => decision === 'allowed')).toEqual([])
    await put(here, POLICY)
  })

  it('run an act again whose rules have changed meanwhile', async () => {
    const versions: number[] = []
    const result = await here.rules.act(
      async ({ version }) => {
        versions.push(version)
        if (versions.length === 1) await put(there, `${POLICY}\n`)
        return version
      },
      async (transaction, version) => ({ version, head: await transaction.lockHead() }),
    )
    expect(versions).toEqual([result.version - 1, result.version])
    await put(here, POLICY)
  })

  it('answer unavailable when they change faster than the act runs', async () => {
    let tries = 0
    const act = here.rules.act(
      async () => put(there, `${POLICY}\n# ${tries++}`),
      async () => undefined,
    )
    expect(await codeOf(act)).toBe('unavailable')
    expect(tries).toBe(5)
    await put(here, POLICY)
  })

  it('do not run an act again that failed in its transaction', async () => {
    let tries = 0
    const act = here.rules.act(
      async () => undefined,
      async () => {
        tries++
        throw new Error('no')
      },
    )
    await expect(act).rejects.toThrow('no')
    expect(tries).toBe(1)
  })

  it('are refused at the start if the first policy has faults', async () => {
    const empty = await create()
    expect(await codeOf(openAuthority(empty.location, { policy: '[[objects]]' }))).toBe('invalid_policy')
    await (await openAuthority(empty.location)).close()
    // A later start does not read it.
    await (await openAuthority(empty.location, { policy: '[[objects]]' })).close()
    await empty.remove()
  })
})
