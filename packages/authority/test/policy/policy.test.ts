import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluatePolicy } from '../../src/policy/evaluate-policy.ts'
import { putPolicy } from '../../src/policy/put-policy.ts'
import { readPolicy } from '../../src/policy/read-policy.ts'
import { listDatabases, type TestDatabase } from '../store/open-databases.ts'
import { codeOf, NOW, openAuthority, POLICY, recordsOf, type TestAuthority } from '../support/open-authority.ts'

const SCHEMA = `
[[targets]]
id = "crm"
operations = [{ name = "read", designations = { required = ["tenantId"] } }]
[[targets]]
id = "web"
operations = [{ name = "read" }]
[[targets]]
id = "tool:email"
operations = [{ name = "send" }]
`

describe.each(await listDatabases())('the policy, database %#', (create) => {
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

  const put = async (policy: string, schema?: string | null) =>
    putPolicy(authority, { policy, schema, ifMatch: (await readPolicy(authority)).etag, author: 'admin' })

  it('has versions: what changed, when, and by whom', async () => {
    const { version } = await readPolicy(authority)
    const changed = await put(POLICY.replace('operations = ["send"]', 'operations = ["send", "draft"]'))
    expect(changed).toMatchObject({
      version: version + 1,
      author: 'admin',
      createdAt: NOW,
      schema: null,
      diff: {
        subjects: [{ subject: 'agent:alice', gains: [{ target: 'tool:email', operation: 'draft' }], loses: [] }],
      },
    })
    expect(await readPolicy(authority)).toEqual(changed)
    expect((await recordsOf(authority)).at(-1)).toMatchObject({
      kind: 'policy.changed',
      actor: 'admin',
      detail: { version: changed.version, etag: changed.etag },
    })
  })

  it('changes only if the version that it replaces is in force', async () => {
    const { etag } = await put(POLICY)
    const next = `${POLICY}\n# next`
    expect(await codeOf(putPolicy(authority, { policy: next, ifMatch: undefined, author: 'admin' }))).toBe(
      'precondition_required',
    )
    const puts = await Promise.allSettled(
      ['# a', '# b', '# c'].map((line) =>
        putPolicy(authority, { policy: `${POLICY}\n${line}`, ifMatch: etag, author: 'admin' }),
      ),
    )
    expect(puts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await codeOf(putPolicy(authority, { policy: next, ifMatch: etag, author: 'admin' }))).toBe(
      'precondition_failed',
    )
  })

  it('keeps its schema, unless another one is given or it is taken away', async () => {
    const own = `${POLICY}\n# own`
    const given = (await put(own, SCHEMA)).schema
    expect([given, (await put(POLICY)).schema, (await put(own, null)).schema, (await put(POLICY)).schema]).toEqual([
      SCHEMA,
      SCHEMA,
      null,
      null,
    ])
    // The schema in force is held against a policy that comes alone.
    await put(POLICY, SCHEMA)
    const misfit = POLICY.replace('operations = ["send"]', 'operations = ["shout"]')
    expect(await codeOf(put(misfit))).toBe('invalid_policy')
    await put(POLICY, null)
  })

  it('has another tag when its text comes back, so that nobody overwrites what came between', async () => {
    const { etag } = await put(POLICY)
    await put(`${POLICY}\n`)
    const back = await put(POLICY)
    expect(back.etag).not.toBe(etag)
    expect(await codeOf(putPolicy(authority, { policy: '', ifMatch: etag, author: 'admin' }))).toBe(
      'precondition_failed',
    )
    expect((await put(POLICY)).version).toBe(back.version)
  })

  it('is refused with all faults of policy and schema, and then the running one stays', async () => {
    const before = await readPolicy(authority)
    const error = await put('[[objects]]\nid = "a"\nparent = "nobody"\nx = 1', '[[targets]]').catch((error) => error)
    expect(error.code).toBe('invalid_policy')
    expect(error.details.faults.map(({ file, rule }: { file: string; rule: string }) => [file, rule])).toEqual(
      expect.arrayContaining([
        ['policy', 'unknown_parent'],
        ['policy', 'unknown_key'],
        ['schema', 'missing_key'],
      ]),
    )
    const unfit = await put(POLICY.replace('"web", operations', '"wiki", operations'), SCHEMA).catch((error) => error)
    expect(unfit.details.faults).toMatchObject([{ rule: 'unknown_target' }])
    for (const text of ['not toml', '\0', '# \ud800', '[[objects]]\n'.repeat(3000)]) {
      expect(await codeOf(put(text))).toBe('invalid_policy')
    }
    expect(await readPolicy(authority)).toEqual(before)
    expect((await recordsOf(authority)).at(-1)).toMatchObject({
      kind: 'policy.changed',
      decision: 'refused',
      actor: 'admin',
    })
  })

  it('has a schema, until a version takes it away', async () => {
    const request = { subject: 'agent:alice', target: 'crm', operation: 'read' }
    const withSchema = await put(POLICY, SCHEMA)
    expect(await evaluatePolicy(authority, request)).toMatchObject({
      allowed: false,
      policyVersion: withSchema.version,
      step: 'schema',
      code: 'missing_designation',
    })
    const designations = { tenantId: 'acme' }
    expect(await evaluatePolicy(authority, { ...request, designations })).toMatchObject({
      allowed: true,
      minted: { subject: 'agent:alice', designations },
    })
    await put(POLICY, null)
    expect(await evaluatePolicy(authority, request)).toMatchObject({ allowed: true })
  })

  it('is tried without a token or a record', async () => {
    const before = (await recordsOf(authority)).length
    const request = { subject: 'agent:bob', target: 'crm', operation: 'read' }
    const refused = await evaluatePolicy(authority, request)
    expect(refused).toMatchObject({ allowed: false, step: 'policy', code: 'not_granted' })
    const allowed = await evaluatePolicy(authority, { ...request, target: 'tool:email', operation: 'send' })
    expect(JSON.stringify(allowed)).not.toContain('"capability"')
    expect(
      await codeOf(evaluatePolicy(authority, { ...request, target: 'tool:email', operation: 'send', expiresIn: -1 })),
    ).toBe('invalid_request')
    expect(await recordsOf(authority)).toHaveLength(before)
  })
})
