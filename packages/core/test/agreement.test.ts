import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVerifier } from '../src/create-verifier.ts'
import { ACCEPTED_DIFFERENCES, AGREEMENT_CASES } from './agreement-cases.ts'
import { disagreement, type Verdicts, verdictsOf } from './support/agreement.ts'
import { profileCases } from './support/arbitraries.ts'
import { Draw } from './support/draw.ts'
import { DOCUMENTED_EXTRAS } from './support/extras.ts'
import { forge } from './support/forge.ts'
import { NOW } from './support/gen-terms.ts'
import { mutate } from './support/mutations.ts'
import { createOracle, type OracleRequest } from './support/oracle.ts'

const REQUESTS = 4
// The seed is fixed, so that a run says the same twice; `WRIT_SEED` and `WRIT_TOKENS` are for longer searches.
const seed = Number(process.env['WRIT_SEED'] ?? 20_261_122)
const numRuns = Number(process.env['WRIT_TOKENS'] ?? 2500)
const TIMEOUT = 120_000 + numRuns * 40

describe('the reader agrees with the reference implementation', () => {
  it.each(AGREEMENT_CASES)('$name', async (example) => {
    const [verdicts] = (await verdictsOf(example)) as [Verdicts]
    expect(verdicts).toMatchObject({ oracle: example.oracle, base: example.base })
    expect(disagreement(verdicts)).toBeUndefined()
  })

  it.each(ACCEPTED_DIFFERENCES)('but for this: $name', async (example) => {
    const { spec, rootKey, requests, base, reader } = example
    const [request] = requests as [OracleRequest]
    const oracle = createOracle()
    const answers = new Set(Array.from({ length: 200 }, () => oracle.judge(forge(spec), rootKey, request)))
    expect(answers).toContain(example.oracle)
    expect(await verdictsOf(example)).toMatchObject([{ base, reader }])
  })

  it(
    'on generated tokens of the whole profile, and refuses more only by its documented rules',
    async () => {
      const all: Verdicts[] = []
      await fc.assert(
        fc.asyncProperty(fc.noBias(profileCases(REQUESTS)), async (example) => {
          const verdicts = await verdictsOf(example)
          expect(verdicts.map(disagreement)).toEqual(verdicts.map(() => undefined))
          all.push(...verdicts)
        }),
        { seed, numRuns },
      )
      expect(all).toHaveLength(numRuns * REQUESTS)
      assertVaried(all)
    },
    TIMEOUT,
  )

  it(
    'on tokens that were tampered with: what it accepts, the reference accepts',
    async () => {
      const oracle = createOracle()
      const tape = fc.uint8Array({ minLength: 8, maxLength: 16 })
      let refused = 0
      await fc.assert(
        fc.asyncProperty(fc.noBias(profileCases(1)), fc.noBias(tape), async ({ spec, rootKey, requests }, bytes) => {
          const token = mutate(forge(spec), new Draw(bytes))
          const [whole] = requests as [OracleRequest]
          const { designations, ...request } = whole
          const { anchor, ...others } = designations ?? {}
          const verifier = createVerifier({ keys: rootKey, anchor, allowUnanchored: true, now: () => NOW })
          const accepted = await verifier.verify(token, { ...request, designations: others, ...WAIVED }).then(
            () => true,
            () => false,
          )
          if (accepted) expect(oracle.judge(token, rootKey, whole)).toBe('allow')
          else refused++
        }),
        { seed, numRuns: Math.ceil(numRuns / 5) },
      )
      expect(refused).toBeGreaterThan(numRuns / 10)
    },
    TIMEOUT,
  )
})

const WAIVED = { allowUndesignated: true }

/** A generator that came to make only tokens of one verdict would prove nothing. */
function assertVaried(all: readonly Verdicts[]): void {
  const share = (test: (verdicts: Verdicts) => boolean) => all.filter(test).length / all.length
  expect(share(({ oracle }) => oracle === 'allow')).toBeGreaterThan(0.2)
  expect(share(({ oracle }) => oracle === 'allow')).toBeLessThan(0.6)
  expect(share(({ reader }) => reader === 'allow')).toBeGreaterThan(0.2)
  expect(share(({ failed }) => failed)).toBeGreaterThan(0.01)
  const extras = new Set(
    all.filter(({ oracle, base }) => oracle === 'allow' && base === 'allow').map(({ reader }) => reader),
  )
  expect(extras).toEqual(new Set(['allow', ...DOCUMENTED_EXTRAS.keys()]))
}
