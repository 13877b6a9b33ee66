import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  loadPolicy,
  PolicyError,
  type PolicyFault,
  type PolicyOptions,
  parsePolicy,
  STRICTER_RULES,
} from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'writ-policy-'))
afterAll(() => rmSync(folder, { recursive: true }))

function faultsOf(source: string | object, options?: PolicyOptions): readonly PolicyFault[] {
  try {
    parsePolicy(source, options)
    return []
  } catch (error) {
    if (error instanceof PolicyError) return error.faults
    throw error
  }
}

const ALICE = '[[objects]]\nid = "agent:alice"\n'

/** What is wrong, the policy, and the fault: rule, line and key. */
const FAULTS: readonly (readonly [string, string, string, number, string | undefined])[] = [
  ['text that is no TOML', 'objects = [', 'parse', 1, undefined],
  ['an unknown section', 'object = 1', 'unknown_key', 1, 'object'],
  ['an unknown key of an object', `${ALICE}ttl = 5`, 'unknown_key', 3, 'ttl'],
  ['a key called __proto__', `${ALICE}__proto__ = { parent = "x" }`, 'unknown_key', 3, '__proto__'],
  ['a key called constructor', `${ALICE}constructor = 1`, 'unknown_key', 3, 'constructor'],
  ['an object without an id', '[[objects]]\nparent = "agent:alice"', 'missing_key', 1, undefined],
  ['an id that is a number', '[[objects]]\nid = 7', 'wrong_type', 2, 'id'],
  ['an id with an empty segment', '[[objects]]\nid = "agent::alice"', 'wrong_name', 2, 'id'],
  ['an id with a line break', '[[objects]]\nid = "agent:\\nalice"', 'wrong_name', 2, 'id'],
  ['two objects with one id', `${ALICE}${ALICE}`, 'duplicate_object', 4, 'id'],
  ['a parent that is not declared', `${ALICE}parent = "agent:nobody"`, 'unknown_parent', 3, 'parent'],
  ['a resource that is no secure URL', `${ALICE}resource = "http://a.example"`, 'wrong_value', 3, 'resource'],
  [
    'two objects with one resource',
    `${ALICE}resource = "https://a.example"\n[[objects]]\nid = "agent:bob"\nresource = "https://a.example"`,
    'duplicate_resource',
    6,
    'resource',
  ],
  ['an object that is its own parent', `${ALICE}parent = "agent:alice"`, 'parent_cycle', 3, 'parent'],
  ['a lifetime of zero', `${ALICE}identity = { ttl = 0 }`, 'wrong_value', 3, 'identity.ttl'],
  ['a lifetime that is a text', `${ALICE}identity = { ttl = "1h" }`, 'wrong_type', 3, 'identity.ttl'],
  [
    'a delegatable identity of an object that cannot delegate',
    `${ALICE}identity = { delegatable = true }`,
    'not_delegatable',
    3,
    'identity.delegatable',
  ],
  ['an unknown kind of subordinates', `${ALICE}subordinates = "all"`, 'wrong_value', 3, 'subordinates'],
  [
    'a capability without a target',
    `${ALICE}capabilities = [{ operations = ["read"] }]`,
    'missing_key',
    3,
    'capabilities[0]',
  ],
  [
    'a capability without operations',
    `${ALICE}capabilities = [\n{ target = "a", operations = [] }]`,
    'empty_list',
    4,
    'capabilities[0].operations',
  ],
  [
    'an operation that is there twice',
    `${ALICE}capabilities = [{ target = "a", operations = ["read", "read"] }]`,
    'wrong_value',
    3,
    'capabilities[0].operations[1]',
  ],
  [
    'a declaration that an earlier one shadows',
    `${ALICE}capabilities = [\n{ target = "a", operations = ["read"] },\n{ target = "a", operations = ["write", "read"] }]`,
    'shadowed_declaration',
    5,
    'capabilities[1].operations',
  ],
  [
    'two anchors',
    `${ALICE}[[objects.capabilities]]\ntarget = "a"\noperations = ["read"]\nanchor_to_subject = true\nanchor = "agent:alice"`,
    'anchor_conflict',
    7,
    'capabilities[0].anchor',
  ],
  [
    'an anchor that is not declared',
    `${ALICE}[[objects.capabilities]]\ntarget = "a"\noperations = ["read"]\nanchor = "service:billing"`,
    'unknown_anchor',
    6,
    'capabilities[0].anchor',
  ],
  [
    'a static designation with a reserved label',
    `${ALICE}capabilities = [{ target = "a", operations = ["r"], designations = [{ label = "facet", value = "1" }] }]`,
    'reserved_designation',
    3,
    'capabilities[0].designations[0].label',
  ],
  [
    'two static values for one label',
    `${ALICE}capabilities = [{ target = "a", operations = ["r"], designations = [\n{ label = "t", value = "1" },\n{ label = "t", value = "2" }] }]`,
    'duplicate_designation',
    5,
    'capabilities[0].designations[1].label',
  ],
  [
    'a lifetime that is not whole',
    `${ALICE}capabilities = [{ target = "a", operations = ["r"], max_ttl = 1.5 }]`,
    'wrong_type',
    3,
    'capabilities[0].max_ttl',
  ],
  ['a rule without labels', '[[exposure_rules]]\nblocks = ["a"]', 'missing_key', 1, undefined],
  ['a rule that blocks nothing', '[[exposure_rules]]\nlabels = ["a"]\nblocks = []', 'empty_list', 3, 'blocks'],
  [
    'a rule with an unknown match',
    '[[exposure_rules]]\nlabels = ["a"]\nblocks = ["b"]\nmatch = "every"',
    'wrong_match',
    4,
    'match',
  ],
  [
    'a pattern that has no end',
    '[[exposure_rules]]\nlabels = ["a"]\nblocks = ["tool:["]',
    'wrong_pattern',
    3,
    'blocks[0]',
  ],
  ['classifications that are a list', 'classifications = []', 'wrong_type', 1, 'classifications'],
  ['a classification that is a text', '[classifications]\n"crm" = "pii"', 'wrong_type', 2, 'classifications.crm'],
]

describe('a policy', () => {
  test.each(FAULTS)('is refused for %s, with line and key', (_, toml, rule, line, key) => {
    const faults = faultsOf(toml)
    expect(faults.map((fault) => [fault.rule, fault.line, fault.key])).toEqual([[rule, line, key]])
  })

  test('is refused for every fault at once, in the order of the file', () => {
    const faults = faultsOf(
      `${ALICE}parent = "agent:nobody"\nttl = 5\n[[objects]]\nid = 7\n[[exposure_rules]]\nlabels = []`,
    )
    expect(faults.map(({ rule, line }) => [rule, line])).toEqual([
      ['unknown_parent', 3],
      ['unknown_key', 4],
      ['wrong_type', 6],
      ['missing_key', 7],
      ['empty_list', 8],
    ])
  })

  test('names the object of a fault', () => {
    expect(faultsOf(`${ALICE}parent = "agent:nobody"`)[0]?.object).toBe('agent:alice')
  })

  test('is refused if parents lead in a circle, and each object in it is named', () => {
    const toml = ['a:1', 'a:2', 'a:3']
      .map((id, i) => `[[objects]]\nid = "${id}"\nparent = "a:${((i + 1) % 3) + 1}"`)
      .join('\n')
    expect(
      faultsOf(`${toml}\n[[objects]]\nid = "a:4"\nparent = "a:1"`).map(({ rule, object }) => [rule, object]),
    ).toEqual([
      ['parent_cycle', 'a:1'],
      ['parent_cycle', 'a:2'],
      ['parent_cycle', 'a:3'],
    ])
  })

  const WORKER = '[[objects]]\nid = "agent:alice:worker"\n'
  const DELEGATABLE = `${ALICE}can_delegate = true\nidentity = { delegatable = true }\n`

  test('is refused if a name below a delegatable one lacks that parent, because its holder can speak as it', () => {
    expect(faultsOf(DELEGATABLE + WORKER).map(({ rule, object }) => [rule, object])).toEqual([
      ['parent_required', 'agent:alice:worker'],
    ])
    expect(faultsOf(`${DELEGATABLE}${WORKER}parent = "agent:alice"`)).toEqual([])
    expect(
      faultsOf(
        `${DELEGATABLE}${WORKER}parent = "agent:alice:lead"\n[[objects]]\nid = "agent:alice:lead"\nparent = "agent:alice"`,
      ),
    ).toEqual([])
  })

  test('has classifications by any name, also one that objects have by nature', () => {
    const policy = parsePolicy('[classifications]\nconstructor = ["pii"]\n"__proto__" = ["secret"]')
    expect(policy.classification('constructor')).toEqual(['pii'])
    expect(policy.classification('__proto__')).toEqual(['secret'])
    expect(policy.classification('toString')).toEqual([])
  })

  test('does not know subjects that objects have by nature', () => {
    const policy = parsePolicy(ALICE)
    expect(policy.find('constructor')).toBeUndefined()
    expect(policy.find('__proto__')).toBeUndefined()
  })

  test('may be plain objects, whose faults have no line', () => {
    expect(faultsOf({ objects: [{ id: 'agent:alice', capabilities: 'all' }] })).toMatchObject([
      { rule: 'wrong_type', object: 'agent:alice', key: 'capabilities', line: undefined },
    ])
    expect(faultsOf(JSON.parse('{"__proto__": {}}'))).toMatchObject([{ rule: 'unknown_key', key: '__proto__' }])
    expect(faultsOf([])).toMatchObject([{ rule: 'wrong_type' }])
  })

  test('does not change when its source does', () => {
    const source = { objects: [{ id: 'agent:alice', capabilities: [{ target: 'a', operations: ['read'] }] }] }
    const policy = parsePolicy(source)
    source.objects[0]!.capabilities[0]!.operations.push('write')
    expect(policy.find('agent:alice')?.grant('a', 'write')).toBeUndefined()
  })

  test('of more than 16 MiB is refused before it is read', () => {
    const faults = faultsOf(`# ${'x'.repeat(16 * 2 ** 20)}`)
    expect(faults).toMatchObject([{ rule: 'too_large' }])
  })

  test('that is nested deeply is refused', () => {
    expect(faultsOf(`objects = ${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toMatchObject([
      { rule: 'parse', line: 1 },
    ])
  })
})

describe('a policy of the Hessra open core', () => {
  const stricter = FAULTS.filter(([, , rule]) => (STRICTER_RULES as readonly string[]).includes(rule))

  test.each(stricter)('loads in spite of %s with compat, and warns', (_, toml, rule, line) => {
    const policy = parsePolicy(toml, { compat: 'hessra' })
    expect(policy.warnings).toMatchObject([{ rule, line, severity: 'warning' }])
  })

  test.each(FAULTS.filter((row) => !stricter.includes(row)))('is refused there too for %s', (_, toml, rule) => {
    expect(faultsOf(toml, { compat: 'hessra' }).map((fault) => fault.rule)).toEqual([rule])
  })

  test('takes the last of two objects with one id, and an unknown match as any', () => {
    const toml = `${ALICE}${ALICE}capabilities = [{ target = "a", operations = ["read"] }]\n[[exposure_rules]]\nlabels = ["x", "y"]\nmatch = "every"\nblocks = ["a"]`
    const policy = parsePolicy(toml, { compat: 'hessra' })
    expect(policy.find('agent:alice')?.grant('a', 'read')).toBeDefined()
    expect(policy.precluding('a', ['x'])).toEqual(['x'])
  })

  test('has no other compat', () => {
    expect(() => parsePolicy('', { compat: 'other' as never })).toThrow(
      new TypeError("compat: must be 'hessra' or not be there"),
    )
  })
})

describe('a policy in files', () => {
  test('is one policy, whichever file an object is in', async () => {
    const path = mkdtempSync(join(folder, 'two-'))
    writeFileSync(join(path, 'b.toml'), '[[objects]]\nid = "agent:bob"\nparent = "agent:alice"')
    writeFileSync(join(path, 'a.toml'), `${ALICE}[classifications]\ncrm = ["pii"]`)
    writeFileSync(join(path, 'c.toml'), '[classifications]\ncrm = ["secret"]')
    writeFileSync(join(path, 'README.md'), 'not read')
    const policy = await loadPolicy(path)
    expect([...policy.subjects()]).toEqual(['agent:alice', 'agent:bob'])
    expect(policy.classification('crm')).toEqual(['pii', 'secret'])
  })

  test('has faults that name the file, of all files at once', async () => {
    const path = mkdtempSync(join(folder, 'bad-'))
    writeFileSync(join(path, 'a.toml'), 'objects = [')
    writeFileSync(join(path, 'b.toml'), `${ALICE}ttl = 5`)
    const error = await loadPolicy(path).catch((error) => error)
    expect(error.faults).toMatchObject([
      { rule: 'parse', file: join(path, 'a.toml'), line: 1 },
      { rule: 'unknown_key', file: join(path, 'b.toml'), line: 3 },
    ])
    expect(error.message.split('\n')).toHaveLength(2)
  })

  test('of more than 16 MiB is refused before it is read', async () => {
    const path = join(folder, 'large.toml')
    writeFileSync(path, '')
    truncateSync(path, 2 ** 40)
    const error = await loadPolicy(path).catch((error) => error)
    expect(error.faults).toMatchObject([{ rule: 'too_large', file: path }])
  })

  test('that is not there is an error of the file system', async () => {
    await expect(loadPolicy(join(folder, 'nowhere.toml'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
