import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addExposure, compactContext, excludeExposures, forkContext } from '../../src/index.ts'
import { mint, reject, verify } from '../support/contexts.ts'
import { timeCheck } from '../support/forge/datalog.ts'
import { appendBlock, sealToken } from '../support/forge/forge.ts'
import { root } from '../support/keys.ts'
import { passesAsContext } from '../support/oracle/reference-context.ts'
import { runs } from '../support/runs.ts'
import { NOW } from '../support/verify.ts'

// The seed is fixed, so that a run says the same twice; `WRIT_SEED` is for other searches.
const seed = Number(process.env['WRIT_SEED'] ?? 20_261_122)

const LABELS = ['a', 'b', '__proto__', 'a&b'] as const
/** Every way to exclude that is told apart. */
const EXCLUSIONS: readonly (readonly string[])[] = [...LABELS.map((label) => [label]), ['a', 'b'], ['b', '__proto__']]

const label = fc.constantFrom(...LABELS)
const labels = fc.uniqueArray(label, { minLength: 1, maxLength: 2 })
const expiresIn = fc.option(fc.constantFrom(60, 7200), { nil: undefined })

/** What is done to a context, by its authority or by a holder. */
const step = fc.oneof(
  fc.record({ does: fc.constant('add' as const), exposures: labels }),
  fc.record({ does: fc.constant('fork' as const), expiresIn }),
  fc.record({ does: fc.constant('compact' as const), expiresIn }),
  fc.record({ does: fc.constant('exclude' as const), exposures: labels }),
  fc.record({ does: fc.constant('exclude pair' as const), pair: fc.tuple(label, label) }),
  fc.record({ does: fc.constant('shorten' as const), seconds: fc.constantFrom(30, 9000) }),
  fc.record({ does: fc.constant('seal and compact' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function take(token: string, { does, ...rest }: Step): Promise<string> | string {
  const { exposures = [], expiresIn: life, pair = [], seconds = 0 } = rest as Partial<Record<string, never>>
  const now = () => NOW
  switch (does) {
    case 'add':
      return addExposure(token, root.privateKey, { exposures, source: 'crm', now })
    case 'fork':
      return forkContext(token, root.privateKey, { subject: 'agent:alice:worker', expiresIn: life, now })
    case 'compact':
      return compactContext(token, root.privateKey, { expiresIn: life, now })
    case 'exclude':
      return excludeExposures(token, root.publicKey, { exposures })
    case 'exclude pair':
      return appendBlock(token, { checks: [reject(...pair)] })
    case 'shorten':
      return appendBlock(token, { checks: [timeCheck(NOW + seconds, 't')] })
    case 'seal and compact':
      return compactContext(sealToken(token), root.privateKey, { now })
  }
}

/** Which of the exclusions refuse a context, by index. */
async function refusedBy(token: string): Promise<readonly number[]> {
  const refused = await Promise.all(
    EXCLUSIONS.map((excludes) =>
      verify(token, { excludes }).then(
        () => false,
        (error) => error.code === 'exposed' || Promise.reject(error),
      ),
    ),
  )
  return [...refused.keys()].filter((index) => refused[index])
}

describe('any sequence of steps by the authority and by holders of a context', () => {
  it('exposure only grows, refusals stay, and life grows only where it is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(label, { maxLength: 2 }),
        fc.array(step, { minLength: 1, maxLength: 6 }),
        async (initial, steps) => {
          let token = await mint({ exposures: initial, source: 'db' })
          let before = await verify(token)
          let refused = await refusedBy(token)
          for (const taken of steps) {
            token = await take(token, taken)
            const after = await verify(token)
            const refusedNow = await refusedBy(token)
            expect(after.exposures).toEqual(expect.arrayContaining([...before.exposures]))
            expect(after.sources).toEqual(expect.arrayContaining([...before.sources]))
            expect(refusedNow).toEqual(expect.arrayContaining([...refused]))
            if (!('expiresIn' in taken) || taken.expiresIn === undefined) {
              expect(after.expiresAt).toBeLessThanOrEqual(before.expiresAt)
            } else {
              expect(after.expiresAt).toBe(NOW + taken.expiresIn)
            }
            if (taken.does === 'compact' || taken.does === 'fork' || taken.does === 'seal and compact') {
              expect(after.exposures).toEqual(before.exposures)
              expect(refusedNow).toEqual(refused)
            } else {
              const added = taken.does === 'add' ? taken.exposures : []
              expect(new Set(after.exposures)).toEqual(new Set([...before.exposures, ...added]))
            }
            before = after
            refused = refusedNow
          }
        },
      ),
      { numRuns: runs(60), seed },
    )
  })

  it('the Hessra open core accepts what passes here, and only compounds are refused here alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        let token = await mint()
        for (const taken of steps) token = await take(token, taken)
        const refused = await refusedBy(token)
        const { exposures } = await verify(token)
        for (const [index, excludes] of EXCLUSIONS.entries()) {
          const isExtra = excludes.includes('a&b') && exposures.includes('a') && exposures.includes('b')
          if (isExtra) expect(refused).toContain(index)
          else expect(passesAsContext(token, root, NOW, excludes)).toBe(!refused.includes(index))
        }
      }),
      { numRuns: runs(60), seed },
    )
  })
})
