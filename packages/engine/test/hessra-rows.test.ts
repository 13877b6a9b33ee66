import { createUseLedger, createVerifier } from '@writ/core'
import { describe, expect, test } from 'vitest'
import {
  createSessions,
  type EngineOptions,
  type MintRequest,
  PolicyError,
  type PolicyOptions,
  parsePolicy,
  parseSchema,
  type Resolver,
} from '../src/index.ts'
import { engineOf, keys, NOW, refusalOf } from './support/policies.ts'

/** Rows of the tables of the Hessra open core, where the two may differ. Each title says what holds here. */

const now = () => NOW
const reads = (more = '') =>
  `capabilities = [{ target = "crm", operations = ["read"]${more === '' ? '' : `, ${more}`} }]`
const object = (id: string, ...lines: string[]) => ['[[objects]]', `id = "${id}"`, ...lines, ''].join('\n')
const ALICE = object('agent:alice', reads())
const ask = { subject: 'agent:alice', target: 'crm', operation: 'read' }

/** `allowed`, or the step and the code of the refusal. */
async function outcomeOf(toml: string, change: Partial<MintRequest> = {}, options: Partial<EngineOptions> = {}) {
  const evaluation = await engineOf(toml, options).evaluate({ ...ask, ...change } as MintRequest)
  return evaluation.allowed ? 'allowed' : `${evaluation.error.step} ${evaluation.error.code}`
}

function rulesOf(parse: typeof parsePolicy | typeof parseSchema, source: string, options?: PolicyOptions) {
  try {
    parse(source, options)
    return []
  } catch (error) {
    if (error instanceof PolicyError) return error.faults.map(({ rule }) => rule)
    throw error
  }
}

describe('a policy of the Hessra open core', () => {
  test.each<[string, string, object, string]>([
    ['an object that is not declared has nothing', '', {}, 'subject unknown_subject'],
    ['a target is compared exactly', ALICE, { target: 'crm2' }, 'policy not_granted'],
    [
      'a target is no pattern',
      object('agent:alice', 'capabilities = [{ target = "c*", operations = ["read"] }]'),
      {},
      'policy not_granted',
    ],
    ['an operation is compared exactly', ALICE, { operation: 'READ' }, 'policy not_granted'],
    [
      'an operation is no pattern',
      object('agent:alice', 'capabilities = [{ target = "crm", operations = ["*"] }]'),
      {},
      'policy not_granted',
    ],
    ['a name is compared exactly', ALICE, { subject: 'Agent:alice' }, 'subject unknown_subject'],
    [
      'a name below has nothing unless the policy says so',
      ALICE,
      { subject: 'agent:alice:worker' },
      'subject unknown_subject',
    ],
    [
      'can_delegate gives no name below anything',
      object('agent:alice', 'can_delegate = true', reads()),
      { subject: 'agent:alice:x' },
      'subject unknown_subject',
    ],
    ['an object without capabilities has nothing', object('agent:alice'), {}, 'policy not_granted'],
  ])('%s', async (_, toml, change, outcome) => {
    expect(await outcomeOf(toml, change)).toBe(outcome)
  })

  test.each<[string, string, string, boolean]>([
    ['an unknown key', `${ALICE}x = 1`, 'unknown_key', true],
    ['a second object with one id', ALICE + ALICE, 'duplicate_object', true],
    [
      'a match that is neither any nor all',
      '[[exposure_rules]]\nlabels = ["a"]\nblocks = ["b"]\nmatch = "none"',
      'wrong_match',
      true,
    ],
    ['a rule without patterns', '[[exposure_rules]]\nlabels = []\nblocks = ["b"]', 'empty_list', true],
    [
      'a static designation called anchor',
      object('agent:alice', reads('designations = [{ label = "anchor", value = "x" }]')),
      'reserved_designation',
      true,
    ],
    [
      'both kinds of anchor',
      object('agent:alice', reads('anchor = "agent:alice", anchor_to_subject = true')),
      'anchor_conflict',
      false,
    ],
    ['an anchor that is not declared', object('agent:alice', reads('anchor = "service:x"')), 'unknown_anchor', false],
    ['a parent that is not declared', object('agent:alice', 'parent = "agent:x"'), 'unknown_parent', false],
    ['an object that is its own parent', object('agent:alice', 'parent = "agent:alice"'), 'parent_cycle', false],
    [
      'a rule whose pattern is longer than any that is read',
      `[[exposure_rules]]\nlabels = ["${'a'.repeat(1025)}"]\nblocks = ["b"]`,
      'too_large',
      false,
    ],
  ])('%s is refused; compat makes it a warning only where it loads there', (_, toml, rule, loads) => {
    expect(rulesOf(parsePolicy, toml)).toEqual([rule])
    expect(rulesOf(parsePolicy, toml, { compat: 'hessra' })).toEqual(loads ? [] : [rule])
    if (loads) expect(parsePolicy(toml, { compat: 'hessra' }).warnings.map((one) => one.rule)).toEqual([rule])
  })

  test('anchors and parents may be declared later in the file', () => {
    const toml = object('a:1', 'parent = "b:2"', reads('anchor = "b:2"')) + object('b:2')
    expect(rulesOf(parsePolicy, toml)).toEqual([])
  })

  test('of two declarations the first shadows the second, with its anchor and its designations', async () => {
    const first =
      '{ target = "crm", operations = ["read"], anchor = "service:crm", designations = [{ label = "t", value = "acme" }] }'
    const second = '{ target = "crm", operations = ["write", "read"], max_ttl = 1 }'
    const toml = `${object('agent:alice', `capabilities = [${first}, ${second}]`)}${object('service:crm')}`
    const engine = engineOf('', { policy: parsePolicy(toml, { compat: 'hessra' }) })
    const { anchor, designations, expiresAt } = await engine.mint(ask)
    expect([anchor, { ...designations }, expiresAt]).toEqual(['service:crm', { t: 'acme' }, NOW + 300])
    expect((await engine.mint({ ...ask, operation: 'write' })).expiresAt).toBe(NOW + 1)
  })

  test('an anchor that is the subject is the name that asks, also where a name above grants it', async () => {
    const toml = object('agent:alice', 'subordinates = "inherit"', reads('anchor_to_subject = true'))
    expect((await engineOf(toml).mint(ask)).anchor).toBe('agent:alice')
    expect((await engineOf(toml).mint({ ...ask, subject: 'agent:alice:x' })).anchor).toBe('agent:alice:x')
    expect(await outcomeOf(toml, { anchor: 'service:crm' })).toBe('designations conflicting_anchor')
    expect(await outcomeOf(toml, { anchor: 'agent:alice' })).toBe('allowed')
  })

  test.each<[string, object, string]>([
    ['the same value is one', { designations: { t: 'acme' } }, 'allowed'],
    ['another value is refused', { designations: { t: 'globex' } }, 'designations conflicting_designation'],
    ['another label adds to it', { designations: { id: '7' } }, 'allowed'],
    ['a value in another case is another', { designations: { t: 'Acme' } }, 'designations conflicting_designation'],
    ['an empty value is none', { designations: { t: '' } }, 'designations wrong_designation'],
  ])('a designation that is asked for beside a static one: %s', async (_, change, outcome) => {
    expect(
      await outcomeOf(object('agent:alice', reads('designations = [{ label = "t", value = "acme" }]')), change),
    ).toBe(outcome)
  })
})

describe('exposure rules of the Hessra open core', () => {
  const rules = (labels: string, match: string, blocks = '["crm"]') =>
    `${ALICE}[[exposure_rules]]\nlabels = ${labels}\nmatch = "${match}"\nblocks = ${blocks}\n`

  test.each<[string, string, string[], boolean]>([
    ['any: one label of several', rules('["pii:*", "secret"]', 'any'), ['pii:email'], true],
    ['any: no label', rules('["pii:*"]', 'any'), ['public'], false],
    ['all: some of the patterns', rules('["pii:*", "secret"]', 'all'), ['pii:email', 'pii:name'], false],
    ['all: each pattern by a label of its own', rules('["pii:*", "secret"]', 'all'), ['secret', 'pii:email'], true],
    ['all: one compound label that meets every pattern', rules('["pii:*", "*:email"]', 'all'), ['pii:email'], true],
    ['a rule about another target', rules('["pii"]', 'any', '["mail"]'), ['pii'], false],
    ['a rule about a pattern of targets', rules('["pii"]', 'any', '["c*"]'), ['pii'], true],
    ['a star does not pass a slash', rules('["tool:*"]', 'any'), ['tool:a/b'], false],
    ['two stars pass a slash', rules('["tool:**"]', 'any'), ['tool:a/b'], true],
    ['a pattern that is negated', rules('["!public"]', 'any'), ['pii'], true],
  ])('%s', async (_, toml, labels, isBlocked) => {
    const engine = engineOf(toml)
    const context = await engine.mintContext({ subject: 'agent:alice' })
    const exposed = await engine.addExposure(context, { exposures: labels, source: 'test' })
    const { allowed } = await engine.evaluate({ ...ask, context: exposed })
    expect(allowed).toBe(!isBlocked)
  })

  test('an expired context is refused, also if no rule is about the target', async () => {
    let time = NOW
    const clock = () => time
    const engine = engineOf(ALICE, { now: clock, sessions: createSessions({ now: clock }) })
    const context = await engine.mintContext({ subject: 'agent:alice', expiresIn: 60 })
    time = NOW + 60
    const error = await refusalOf(engine.mint({ ...ask, context }))
    expect([error.step, error.code]).toEqual(['context', 'wrong_context'])
  })

  test('a context that cannot be read is refused, and so is one of another subject', async () => {
    const engine = engineOf(ALICE + object('agent:mallory', reads()))
    const context = await engine.mintContext({ subject: 'agent:alice' })
    for (const change of [{ context: 'AAAA' }, { context, subject: 'agent:mallory' }]) {
      expect((await refusalOf(engine.mint({ ...ask, ...change }))).code).toBe('wrong_context')
    }
  })

  test('a target that is classified twice in one session is recorded once', async () => {
    const engine = engineOf(`${ALICE}[classifications]\ncrm = ["pii"]\n`)
    const first = await engine.mint({ ...ask, context: await engine.mintContext({ subject: 'agent:alice' }) })
    const second = await engine.mint({ ...ask, context: first.context })
    expect(second.context).toBe(first.context)
  })
})

describe('a schema of the Hessra open core', () => {
  const target = (operations: string, id = 'crm') => `[[targets]]\nid = "${id}"\noperations = [${operations}]\n`

  test.each<[string, string, string[]]>([
    ['a target twice', target('') + target(''), ['duplicate_target']],
    ['an operation twice', target('{ name = "read" }, { name = "read" }'), ['duplicate_operation']],
    ['a reserved required label', target('{ name = "read", required_designations = ["anchor"] }'), ['reserved_label']],
    [
      'a reserved optional label',
      target('{ name = "read", designations = { optional = ["facet"] } }'),
      ['reserved_label'],
    ],
    ['a target without operations', '[[targets]]\nid = "crm"', []],
    ['a section of something else', '[tool]\nname = "x"', []],
  ])('%s', (_, toml, rules) => {
    expect(rulesOf(parseSchema, toml)).toEqual(rules)
  })

  test.each<[string, object, string]>([
    ['a required label is missing', {}, 'schema missing_designation'],
    ['a required label is there', { designations: { t: 'acme' } }, 'allowed'],
    ['a label beside it is refused', { designations: { t: 'acme', id: '7' } }, 'schema unknown_designation'],
    ['the chain is asked before the schema', { subject: 'agent:alice:x' }, 'chain ancestor_lacks_grant'],
  ])('%s', async (_, change, outcome) => {
    const schema = parseSchema(target('{ name = "read", required_designations = ["t"] }'))
    const toml = ALICE + object('agent:bob') + object('agent:alice:x', 'parent = "agent:bob"', reads())
    expect(await outcomeOf(toml, change, { schema })).toBe(outcome)
  })

  test('a static designation fits only an operation that lists its label', () => {
    const toml = object('agent:alice', reads('designations = [{ label = "t", value = "acme" }]'))
    const build = (labels: string) => () =>
      engineOf(toml, { schema: parseSchema(target(`{ name = "read"${labels} }`)) })
    expect(build('')).toThrow(PolicyError)
    expect(build(', required_designations = ["x"]')).toThrow(PolicyError)
    expect(build(', required_designations = ["t"]')).not.toThrow()
    expect(build(', designations = { optional = ["t"] }')).not.toThrow()
  })
})

describe('a mint of the Hessra open core', () => {
  test.each(['anchor', 'facet'])('a resolver that answers the reserved label %s is refused', async (label) => {
    const resolver: Resolver = () => ({ [label]: 'service:mallory' })
    expect(await outcomeOf(ALICE, {}, { resolver })).toBe('designations wrong_designation')
    expect(await outcomeOf(ALICE, { designations: { [label]: 'x' } })).toBe('designations wrong_designation')
  })

  test('a resolver is not asked if the policy refuses, nor if the session is exposed', async () => {
    let asked = 0
    const resolver: Resolver = () => {
      asked++
      return {}
    }
    const toml = `${ALICE}[[exposure_rules]]\nlabels = ["pii"]\nblocks = ["crm"]\n`
    const engine = engineOf(toml, { resolver })
    const context = await engine.mintContext({ subject: 'agent:alice' })
    await engine.addExposure(context, { exposures: ['pii'], source: 'test' })
    await refusalOf(engine.mint({ ...ask, operation: 'write' }))
    await refusalOf(engine.mint({ ...ask, context }))
    expect(asked).toBe(0)
  })

  test('the facet of a refused mint is in no ledger', async () => {
    const ledger = createUseLedger({ now })
    let registered = 0
    const counting = {
      ...ledger,
      issue: (...args: Parameters<typeof ledger.issue>) => {
        registered++
        return ledger.issue(...args)
      },
    }
    const schema = parseSchema(
      '[[targets]]\nid = "crm"\noperations = [{ name = "read", required_designations = ["t"] }]',
    )
    const engine = engineOf(ALICE, { singleUse: counting, schema })
    await refusalOf(engine.mint({ ...ask, singleUse: true }))
    await engine.evaluate({ ...ask, singleUse: true, designations: { t: 'acme' } })
    expect(registered).toBe(0)
    await engine.mint({ ...ask, singleUse: true, designations: { t: 'acme' } })
    expect(registered).toBe(1)
  })

  test('static and asked-for designations are in the one block that the root key signs', async () => {
    const toml = object('agent:alice', reads('designations = [{ label = "t", value = "acme" }]'))
    const { capability } = await engineOf(toml).mint({ ...ask, designations: { id: '7' } })
    const verifier = createVerifier({ keys: keys.publicKey, anchor: null, now })
    const request = { resource: 'crm', operation: 'read' }
    await expect(
      verifier.verify(capability, { ...request, designations: { t: 'acme', id: '7' } }),
    ).resolves.toBeDefined()
    for (const designations of [{ t: 'acme' }, { id: '7' }, { t: 'globex', id: '7' }]) {
      await expect(verifier.verify(capability, { ...request, designations })).rejects.toThrow()
    }
  })

  test('the anchor that is asked for counts only where the policy names none', async () => {
    expect((await engineOf(ALICE).mint({ ...ask, anchor: 'service:x' })).anchor).toBe('service:x')
    const anchored = object('agent:alice', reads('anchor = "service:crm"')) + object('service:crm')
    expect(await outcomeOf(anchored, { anchor: 'service:x' })).toBe('designations conflicting_anchor')
  })

  test('lives for 300 seconds unless another lifetime is asked for', async () => {
    expect((await engineOf(ALICE).mint(ask)).expiresAt).toBe(NOW + 300)
    expect((await engineOf(ALICE).mint({ ...ask, expiresIn: 20 })).expiresAt).toBe(NOW + 20)
  })
})
