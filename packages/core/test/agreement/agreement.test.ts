import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVerifier } from '../../src/capability/create-verifier.ts'
import { capabilityBlock } from '../support/forge/datalog.ts'
import { forge } from '../support/forge/forge.ts'
import type { TokenSpec } from '../support/forge/model.ts'
import { profileCases } from '../support/gen/arbitraries.ts'
import { Draw } from '../support/gen/draw.ts'
import { corrupt, mutate } from '../support/gen/mutations.ts'
import { NOW } from '../support/gen/terms.ts'
import { mallory, root } from '../support/keys.ts'
import { disagreement, type Verdicts, verdictsOf } from '../support/oracle/agreement.ts'
import { DOCUMENTED_EXTRAS } from '../support/oracle/extras.ts'
import { createOracle, type Oracle, type OracleRequest } from '../support/oracle/oracle.ts'
import { runs } from '../support/runs.ts'
import { ACCEPTED_DIFFERENCES, AGREEMENT_CASES } from './agreement-cases.ts'

const REQUESTS = 4
// The seed is fixed, so that a run says the same twice; `WRIT_SEED` and `WRIT_TOKENS` are for longer searches.
const seed = Number(process.env['WRIT_SEED'] ?? 20_261_122)
const numRuns = Number(process.env['WRIT_TOKENS'] ?? runs(2500))
const TIMEOUT = 120_000 + numRuns * 40

const READ_INVOICES: OracleRequest = { time: NOW, resource: 'invoices', operation: 'read' }
const OFF_CURVE = [`ed25519/02${'00'.repeat(31)}`, `secp256r1/02${'00'.repeat(31)}01`]

describe('the reader agrees with the reference implementation', () => {
  it.each(AGREEMENT_CASES)('the reader and the reference agree: $name', async (example) => {
    const [verdicts] = (await verdictsOf(example)) as [Verdicts]
    expect(verdicts).toMatchObject({ oracle: example.oracle, base: example.base })
    expect(disagreement(verdicts)).toBeUndefined()
  })

  it.each(ACCEPTED_DIFFERENCES)('the reader differs from the reference as documented: $name', async (example) => {
    const { spec, rootKey, requests, base, reader } = example
    const [request] = requests as [OracleRequest]
    const oracle = createOracle()
    const answers = new Set(Array.from({ length: 200 }, () => oracle.judge(forge(spec), rootKey, request)))
    expect(answers).toContain(example.oracle)
    expect(await verdictsOf(example)).toMatchObject([{ base, reader }])
  })

  it('the reader differs from the reference as documented: a listed key off its curve that signs nothing is not checked', async () => {
    for (const key of OFF_CURVE) {
      const spec: TokenSpec = { root: root.privateKey, authority: { ...capabilityBlock(), publicKeys: [key] } }
      const token = forge(spec)
      expect(createOracle().explain(token, root.publicKey, READ_INVOICES).thrown).toMatchObject({
        Format: { InvalidKey: expect.any(String) },
      })
      expect(await accepts(token, root.publicKey, READ_INVOICES)).toBe(true)
    }
  })

  it('a key off its curve can sign no block, no third-party block and no seal', async () => {
    for (const key of OFF_CURVE) {
      const signature = key.startsWith('ed25519') ? new Uint8Array(64) : Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1)
      const external = { external: mallory.privateKey, externalKey: key, externalSignature: signature }
      const next = { signing: { publishedNextKey: key } }
      const specs: readonly Partial<TokenSpec>[] = [
        { blocks: [{ signing: external }] },
        { blocks: [next, { signing: { signature } }] },
        { blocks: [next], proof: { finalSignature: signature } },
      ]
      for (const spec of specs) {
        const token = forge({ root: root.privateKey, authority: capabilityBlock(), ...spec })
        expect(await accepts(token, root.publicKey, READ_INVOICES)).toBe(false)
      }
    }
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

  it.each([
    ['that were tampered with on the way', (spec: TokenSpec, draw: Draw) => mutate(forge(spec), draw)],
    [
      'whose blocks hold corrupt bytes under valid signatures',
      (spec: TokenSpec, draw: Draw) => forge(corrupt(spec, draw)),
    ],
  ])(
    'on tokens %s: what it accepts, the reference accepts',
    async (_, build) => {
      const oracle = createOracle()
      const tape = fc.uint8Array({ minLength: 8, maxLength: 16 })
      let refused = 0
      await fc.assert(
        fc.asyncProperty(fc.noBias(profileCases(1)), fc.noBias(tape), async ({ spec, rootKey, requests }, bytes) => {
          const token = build(spec, new Draw(bytes))
          const [request] = requests as [OracleRequest]
          if (await accepts(token, rootKey, request)) assertAccepted(oracle.explain(token, rootKey, request))
          else refused++
        }),
        { seed, numRuns: Math.ceil(numRuns / 5) },
      )
      expect(refused).toBeGreaterThan(numRuns / 10)
      expect(refused).toBeLessThan(numRuns / 5)
    },
    TIMEOUT,
  )
})

/** The one exception: the reader does no curve arithmetic on keys that a block lists and that sign nothing. */
function assertAccepted({ verdict, thrown }: ReturnType<Oracle['explain']>): void {
  if (verdict === 'allow') return
  expect(thrown).toEqual({ Format: { InvalidKey: expect.any(String) } })
}

function accepts(token: string, keys: string, { time, designations, ...request }: OracleRequest): Promise<boolean> {
  const { anchor, ...others } = designations ?? {}
  const verifier = createVerifier({ keys, anchor: anchor ?? null, allowUnanchored: true, now: () => time })
  return verifier.verify(token, { ...request, designations: others, allowUndesignated: true }).then(
    () => true,
    () => false,
  )
}

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
