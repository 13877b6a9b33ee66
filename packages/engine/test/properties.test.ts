import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EngineError, parsePolicy } from '../src/index.ts'
import { engineOf } from './support/policies.ts'

// A plain run draws one in six of the cases, `npm run check -- --full` draws all, on the other runtimes.
const SHARE = process.env['WRIT_LONG'] === '1' ? 1 : 1 / 6

const TARGETS = ['crm', 'web', 'mail']
const OPERATIONS = ['read', 'write']
const VALUES = ['acme', 'globex']
/** A session that saw the customers sends no mail, and one that saw the customers and the web reads neither again. */
const RULES = [
  { labels: ['pii'], blocks: ['mail'] },
  { labels: ['pii', 'pub*'], match: 'all', blocks: ['crm', 'web'] },
]
const NAMES = ['a:1', 'a:1:x', 'a:1:x:y', 'b:2', 'b:2:z']

const designation = fc.record({ label: fc.constant('tenantId'), value: fc.constantFrom(...VALUES) })
const grant = fc.record(
  {
    target: fc.constantFrom(...TARGETS),
    operations: fc.uniqueArray(fc.constantFrom(...OPERATIONS), { minLength: 1 }),
    anchor: fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
    designations: fc.array(designation, { maxLength: 1 }),
    max_ttl: fc.integer({ min: 1, max: 600 }),
  },
  { requiredKeys: ['target', 'operations'] },
)
/** Objects whose parents, if any, are declared before them: no circle. */
const policy = fc
  .tuple(
    ...NAMES.map(() =>
      fc.record({ grants: fc.array(grant, { maxLength: 4 }), parent: fc.nat(5), inherit: fc.boolean() }),
    ),
  )
  .map((objects) =>
    parsePolicy(
      {
        objects: objects.map(({ grants, parent, inherit }, index) => ({
          id: NAMES[index],
          ...(parent < index ? { parent: NAMES[parent] } : {}),
          subordinates: inherit ? 'inherit' : 'declared',
          capabilities: grants.map(({ anchor, ...rest }) => ({ ...rest, ...(anchor === undefined ? {} : { anchor }) })),
        })),
      },
      { compat: 'hessra' },
    ),
  )
const request = fc.record(
  {
    subject: fc.constantFrom(...NAMES, 'b:2:z:deep', 'a:1:other', 'mallory'),
    target: fc.constantFrom(...TARGETS),
    operation: fc.constantFrom(...OPERATIONS),
    designations: fc.constantFrom({}, { tenantId: 'acme' }, { tenantId: 'globex' }, { userId: 'alice' }),
    anchor: fc.constantFrom(...NAMES),
  },
  { requiredKeys: ['subject', 'target', 'operation'] },
)

describe('of every policy and every request', () => {
  test('what a mint gives is held by every ancestor, for that object and that service', async () => {
    let minted = 0
    await fc.assert(
      fc.asyncProperty(policy, request, async (policy, request) => {
        const engine = engineOf('', { policy })
        const given = await engine.mint(request).catch((error: EngineError) => {
          if (error.name !== 'EngineError') throw error
        })
        if (given === undefined) return
        minted++
        let ancestor = policy.find(request.subject)
        for (let name = ancestor; name !== undefined; name = ancestor) {
          // Read from the declarations, not by the engine's own look-up.
          const grants = name.grants()
          const held = grants.find((one) => one.target === request.target && one.operations.includes(request.operation))
          expect(held).toBeDefined()
          for (const [label, value] of held!.designations) expect(given.designations[label]).toBe(value)
          if (typeof held!.anchor === 'string') expect(given.anchor).toBe(held!.anchor)
          if (held!.maxTtl !== undefined) expect(given.expiresAt).toBeLessThanOrEqual(1_700_000_000 + held!.maxTtl)
          ancestor = name.parent === undefined ? undefined : policy.find(name.parent)
        }
      }),
      { numRuns: Math.ceil(600 * SHARE) },
    )
    expect(minted).toBeGreaterThan(0)
  })

  test('a name below, however deep, gets in its own session nothing that a name above would be refused', async () => {
    let compared = 0
    const below = fc.record({
      base: fc.constantFrom(...NAMES),
      deeper: fc.array(fc.constantFrom('q', 'r', 'x'), { minLength: 1, maxLength: 6 }),
    })
    const rules = { classifications: { crm: ['pii'], web: ['public'] }, exposure_rules: RULES }
    await fc.assert(
      fc.asyncProperty(
        policy,
        below,
        fc.array(request, { maxLength: 3 }),
        request,
        async (tree, name, before, asked) => {
          const { classification, precluding } = parsePolicy(rules)
          const engine = engineOf('', { policy: { ...tree, classification, precluding } })
          const subject = [name.base, ...name.deeper].join(':')
          const above = tree.find(subject)?.parent
          // By name, because that is how sessions inherit.
          if (above === undefined || !subject.startsWith(`${above}:`)) return
          const context = await engine.mintContext({ subject: above })
          for (const one of before) await engine.mint({ ...one, subject: above, context }).catch(() => {})
          const ofChild = await engine.mintContext({ subject })
          const { target, operation, designations = {} } = asked
          const child = await engine.evaluate({ target, operation, designations, subject, context: ofChild })
          if (!child.allowed) return
          const { anchor, designations: bound, expiresAt } = child.minted
          // Where both are anchored to themselves, each has an anchor of its own.
          const change = anchor === undefined || anchor === subject ? {} : { anchor }
          const parent = await engine.evaluate({
            target,
            operation,
            designations: bound,
            subject: above,
            context,
            ...change,
          })
          compared++
          if (!parent.allowed) {
            expect([anchor, parent.error.code]).toEqual([subject, 'ancestor_has_other_anchor'])
            return
          }
          expect(parent.minted.designations).toEqual(bound)
          expect(expiresAt).toBeLessThanOrEqual(parent.minted.expiresAt)
        },
      ),
      { numRuns: 600 },
    )
    expect(compared).toBeGreaterThan(10)
  })

  test('a dry run and a mint give the same answer', async () => {
    await fc.assert(
      fc.asyncProperty(policy, request, async (policy, request) => {
        const engine = engineOf('', { policy })
        const evaluation = await engine.evaluate(request)
        const minted = await engine.mint(request).then(
          ({ capability: _, ...given }) => ({ allowed: true, minted: given }),
          (error: EngineError) => ({ allowed: false, error: error.toJSON() }),
        )
        if (evaluation.allowed) expect(minted).toEqual({ allowed: true, minted: evaluation.minted })
        else expect(minted).toEqual({ allowed: false, error: evaluation.error.toJSON() })
      }),
      { numRuns: Math.ceil(400 * SHARE) },
    )
  })

  test('what is listed for a subject is what it can mint, given the right object and service', async () => {
    await fc.assert(
      fc.asyncProperty(policy, request, async (policy, { subject, target, operation }) => {
        const engine = engineOf('', { policy })
        const listed = (await engine.capabilitiesOf(subject)).some(
          (grant) => grant.target === target && grant.operations.includes(operation),
        )
        const evaluation = await engine.evaluate({ subject, target, operation })
        if (evaluation.allowed) expect(listed).toBe(true)
        if (!listed && !evaluation.allowed) expect(['subject', 'policy', 'chain']).toContain(evaluation.error.step)
        const declared = [...policy.subjects()].includes(subject)
        if (declared) expect((await engine.whoCan(target, operation)).includes(subject)).toBe(listed)
      }),
      { numRuns: Math.ceil(300 * SHARE) },
    )
  })
})
