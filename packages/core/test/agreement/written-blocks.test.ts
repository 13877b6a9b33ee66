import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/internal/base/limits.ts'
import { decodeBlock } from '../../src/internal/token/decode-block.ts'
import { decodeToken } from '../../src/internal/token/decode-token.ts'
import { encodeBlock } from '../../src/internal/token/encode-block.ts'
import { encodeToken } from '../../src/internal/token/encode-token.ts'
import { SymbolTable } from '../../src/internal/token/symbols.ts'
import { forge } from '../support/forge/forge.ts'
import { profileCases } from '../support/gen/arbitraries.ts'
import { compareWritten, type WrittenVerdict } from '../support/oracle/written.ts'
import { runs } from '../support/runs.ts'

// The seed is fixed, so that a run says the same twice. `npm run soak -- written` compares ten thousand pairs and more.
const seed = Number(process.env['WRIT_SEED'] ?? 20_261_126)
const numRuns = runs(250)
const TIMEOUT = 120_000

it(
  'the reference implementation and the reader say the same of generated blocks that our encoder writes and of forged ones',
  async () => {
    const all: WrittenVerdict[] = []
    await fc.assert(
      fc.asyncProperty(fc.noBias(profileCases(4)), async (example) => {
        const verdicts = await compareWritten(example)
        expect(verdicts.map(({ problem }) => problem)).toEqual(verdicts.map(() => undefined))
        all.push(...verdicts)
      }),
      { seed, numRuns },
    )
    expect(all).toHaveLength(4 * numRuns)
    const allowed = all.filter(({ verdict }) => verdict === 'allow').length / all.length
    expect(allowed).toBeGreaterThan(0.2)
    expect(allowed).toBeLessThan(0.6)
  },
  TIMEOUT,
)

it('every block of the profile is read as what was written, in the lowest version that has all of it', () => {
  fc.assert(
    fc.property(fc.noBias(profileCases(1)), ({ spec }) => {
      const token = decodeToken(forge(spec), DEFAULT_LIMITS)
      const [forWriting, forReading] = [new SymbolTable(), new SymbolTable()]
      for (const { content, external } of token.blocks) {
        const isThirdParty = external !== undefined
        const table = isThirdParty ? new SymbolTable() : forWriting
        const { payload, version } = encodeBlock(content, isThirdParty, table)
        expect(decodeBlock(payload, isThirdParty, forReading, DEFAULT_LIMITS)).toEqual({ ...content, version })
        expect(version).toBeLessThanOrEqual(content.version)
      }
    }),
    { seed, numRuns },
  )
})

it('every token is written again with the same bytes', () => {
  fc.assert(
    fc.property(fc.noBias(profileCases(1)), ({ spec }) => {
      const text = forge(spec)
      expect(encodeToken(decodeToken(text, DEFAULT_LIMITS))).toBe(text)
    }),
    { seed, numRuns },
  )
})
