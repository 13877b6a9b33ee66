import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EngineError, parsePolicy } from '../src/index.ts'
import { engineOf } from './support/policies.ts'

// A plain run draws two in five of the cases, `npm run check -- --full` draws all, on the other runtimes.
const SHARE = process.env['WRIT_LONG'] === '1' ? 1 : 0.4

const TARGETS = ['crm', 'web', 'mail']
const OPERATIONS = ['read', 'write']
const VALUES = ['acme', 'globex']
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
          const grants = await name.grants()
          const held = grants.find((one) => one.target === request.target && one.operations.includes(request.operation))
          expect(held).toBeDefined()
          for (const [label, value] of held!.designations) expect(given.designations[label]).toBe(value)
          if (typeof held!.anchor === 'string') expect(given.anchor).toBe(held!.anchor)
          if (held!.maxTtl !== undefined) expect(given.expiresAt).toBeLessThanOrEqual(1_700_000_000 + held!.maxTtl)
          ancestor = name.parent === undefined ? undefined : policy.find(name.parent)
        }
      }),
      { numRuns: 600 * SHARE },
    )
    expect(minted).toBeGreaterThan(20 * SHARE)
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
      { numRuns: 400 * SHARE },
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
      { numRuns: 300 * SHARE },
    )
  })
})
