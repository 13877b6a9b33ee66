import { describe, expect, test } from 'vitest'
import { diffPolicy, expectPolicy, graphPolicy, lintPolicy, parsePolicy, parseSchema } from '../src/index.ts'

const worker = (parent: string, child: string, more = '') => `
[[objects]]
id = "agent:alice"
capabilities = [${parent}]
[[objects]]
id = "agent:alice:worker"
parent = "agent:alice"
capabilities = [${child}]
[[objects]]
id = "service:crm"
${more}`
const READS = '{ target = "crm", operations = ["read"] }'
const named = (value: string) =>
  `{ target = "crm", operations = ["read"], designations = [{ label = "tenantId", value = "${value}" }] }`

describe('linting a policy', () => {
  const rulesOf = async (toml: string, schema?: string) => {
    const findings = await lintPolicy(parsePolicy(toml), schema === undefined ? undefined : parseSchema(schema))
    return findings.map(({ rule, object }) => [rule, object])
  }

  test('finds nothing in one whose lines all have an effect', async () => {
    const toml = worker(READS, '{ target = "crm", operations = ["read"], anchor = "service:crm" }')
    const schema = '[[targets]]\nid = "crm"\noperations = [{ name = "read", required_designations = ["tenantId"] }]'
    expect(await rulesOf(toml, schema)).toEqual([])
  })

  test.each([
    ['an ancestor lacks', worker('', READS)],
    ['an ancestor holds for another object', worker(named('acme'), named('globex'))],
    [
      'an ancestor holds for another service',
      worker(
        '{ target = "crm", operations = ["read"], anchor = "service:crm" }',
        '{ target = "crm", operations = ["read"], anchor_to_subject = true }',
      ),
    ],
  ])('finds a grant that %s', async (_, toml) => {
    expect(await rulesOf(toml)).toContainEqual(['unusable_grant', 'agent:alice:worker'])
  })

  test('finds an object that holds nothing and that nothing names', async () => {
    expect(await rulesOf('[[objects]]\nid = "service:old"')).toEqual([['no_capabilities', 'service:old']])
  })

  test('finds classifications and rules that nothing meets', async () => {
    const toml = worker(
      READS,
      READS,
      '[classifications]\nerp = ["pii"]\n[[exposure_rules]]\nlabels = ["secret"]\nblocks = ["tool:*"]',
    )
    expect(await rulesOf(toml)).toEqual([
      ['no_capabilities', 'service:crm'],
      ['unused_classification', 'erp'],
      ['rule_without_target', undefined],
      ['rule_without_label', undefined],
    ])
  })

  test('finds a target whose exposure rule is avoided by presenting no context, and one whose object is not named, but for the authority itself', async () => {
    const toml = worker(named('acme'), named('acme'), '[classifications]\ncrm = ["pii"]')
    const target = (lines: string) => `[[targets]]\nid = "crm"\n${lines}`
    const labels = 'designations = { required = ["tenantId"] }'
    expect(await rulesOf(toml, target(`operations = [{ name = "read", ${labels} }]`))).toContainEqual([
      'context_not_required',
      'crm',
    ])
    const strict = await rulesOf(toml, target(`context = "required"\noperations = [{ name = "read", ${labels} }]`))
    expect(strict).toEqual([['no_capabilities', 'service:crm']])
    expect(
      await rulesOf(
        toml,
        target('context = "required"\noperations = [{ name = "read", designations = { optional = ["tenantId"] } }]'),
      ),
    ).toContainEqual(['unnamed_object', 'crm'])
    const own = (id: string) => `[[targets]]\nid = "${id}"\noperations = [{ name = "rotate" }]`
    const keys = `[[objects]]\nid = "admin"\ncapabilities = [{ target = "authority.keys", operations = ["rotate"] }]`
    expect(await rulesOf(keys, `${own('authority.keys')}\n${own('authority-keys')}`)).toEqual([
      ['unnamed_object', 'authority-keys'],
    ])
  })
})

describe('the difference of two policies', () => {
  const diff = async (before: string, after: string) => await diffPolicy(parsePolicy(before), parsePolicy(after))

  test('is nothing if only lines have moved', async () => {
    const moved = worker(READS, READS).replace(/\[\[objects\]\]\nid = "service:crm"\n/, '')
    expect(await diff(worker(READS, READS), `[[objects]]\nid = "service:crm"\n${moved}`)).toEqual({
      subjects: [],
      classifications: [],
      exposureRules: false,
      issuers: [],
      exchangeRules: { gains: [], loses: [] },
    })
  })

  test('says what each subject gains and loses, also through its parent', async () => {
    const { subjects } = await diff(worker(READS, READS), worker('', READS))
    expect(subjects.map(({ subject, gains, loses }) => [subject, gains.length, loses.length])).toEqual([
      ['agent:alice', 0, 1],
      ['agent:alice:worker', 0, 1],
    ])
  })

  test.each([
    ['a designation', named('acme'), READS],
    ['an anchor', '{ target = "crm", operations = ["read"], anchor = "service:crm" }', READS],
    ['a shorter lifetime', '{ target = "crm", operations = ["read"], max_ttl = 5 }', READS],
  ])('says that %s that is taken away is a gain, and one that is added a loss', async (_, narrow, wide) => {
    const gain = await diff(worker(narrow, ''), worker(wide, ''))
    expect(gain.subjects).toMatchObject([{ subject: 'agent:alice', gains: [{ operation: 'read' }], loses: [] }])
    const loss = await diff(worker(wide, ''), worker(narrow, ''))
    expect(loss.subjects).toMatchObject([{ subject: 'agent:alice', gains: [], loses: [{ operation: 'read' }] }])
  })

  test('names classifications that differ, and says whether rules do', async () => {
    const rule = '[[exposure_rules]]\nlabels = ["pii"]\nblocks = ["crm"]'
    const { classifications, exposureRules } = await diff(
      '[classifications]\ncrm = ["a", "b"]\nerp = ["a"]',
      `[classifications]\ncrm = ["b", "a"]\n${rule}`,
    )
    expect([classifications, exposureRules]).toEqual([['erp'], true])
  })
})

describe('the chart of a policy', () => {
  test('has subjects, targets, parents, and what each may do', async () => {
    expect(await graphPolicy(parsePolicy(worker(READS, named('acme'))))).toBe(`flowchart LR
  s0("agent:alice")
  s1("agent:alice:worker")
  s2("service:crm")
  t0["crm"]
  s0 -->|"read"| t0
  s0 -.-> s1
  s1 -->|"read tenantId acme"| t0
`)
  })

  test('cannot be broken by the name of a target', async () => {
    const capabilities = [{ target: 'x"] --> s9\n<b>', operations: ['read'] }]
    const chart = await graphPolicy(parsePolicy({ objects: [{ id: 'a:b', capabilities }] }))
    expect(chart).toContain('t0["x#34;] --#62; s9#10;#60;b#62;"]')
  })
})

describe('an assertion about a policy', () => {
  const policy = parsePolicy(worker(READS, READS))
  const read = { subject: 'agent:alice', target: 'crm', operation: 'read' }

  test('passes if the policy answers so, and says otherwise what the policy answers', async () => {
    await expectPolicy(policy).allows(read)
    await expectPolicy(policy).refuses({ ...read, operation: 'write' })
    await expectPolicy(policy).refuses({ ...read, operation: 'write' }, 'not_granted')
    await expect(expectPolicy(policy).allows({ ...read, operation: 'write' })).rejects.toThrow(
      /step policy refuses \(not_granted\)/,
    )
    await expect(expectPolicy(policy).refuses(read)).rejects.toThrow(/and it is allowed/)
    await expect(expectPolicy(policy).refuses({ ...read, operation: 'write' }, 'exposed')).rejects.toThrow(
      /and it is as not_granted/,
    )
  })
})
