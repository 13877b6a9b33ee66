import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../../src/internal/base/limits.ts'
import { decodeToken } from '../../../src/internal/token/decode-token.ts'
import { assertProfile } from '../../../src/internal/token/profile.ts'
import { forge } from '../../support/forge/forge.ts'
import { unsignedBlocks } from '../../support/forge/unsigned.ts'
import { profileCases } from '../../support/gen/arbitraries.ts'
import { shapeCases } from '../../support/gen/shapes.ts'
import { NOW } from '../../support/gen/terms.ts'
import { assertionsOf, codeOf, differences, waysOf } from '../../support/oracle/both-ways.ts'
import { runs } from '../../support/runs.ts'
import { SAMPLES } from '../../support/samples/samples.ts'

// The seed is fixed, so that a run says the same twice; `WRIT_SEED` and `WRIT_TOKENS` are for longer searches.
const seed = Number(process.env['WRIT_SEED'] ?? 20_261_126)
const numRuns = Number(process.env['WRIT_TOKENS'] ?? runs(120))
const TIMEOUT = 60_000 + numRuns * 200

describe('compiled tokens', () => {
  it(
    'any token is judged the same in its compiled form, at and beyond the limit of steps',
    () => {
      const codes = new Set<string>()
      fc.assert(
        fc.property(fc.noBias(shapeCases()), ({ blocks, requests }) => {
          const ways = waysOf(unsignedBlocks(blocks), requests, ['exposure'])
          expect(differences(ways)).toEqual([])
          for (const { evaluated } of ways) codes.add(codeOf(evaluated))
        }),
        { seed, numRuns },
      )
      expect(codes).toContain('allow')
      expect(codes.size).toBeGreaterThan(8)
    },
    TIMEOUT,
  )

  it(
    'any token of the profile is judged the same in its compiled form',
    () => {
      fc.assert(
        fc.property(fc.noBias(profileCases()), ({ spec, requests }) => {
          const { blocks } = decodeToken(forge(spec), DEFAULT_LIMITS)
          expect(differences(waysOf(blocks, requests.map(assertionsOf)))).toEqual([])
        }),
        { seed, numRuns },
      )
    },
    TIMEOUT,
  )

  it('every official sample of the profile is judged the same in its compiled form', () => {
    const readable = SAMPLES.flatMap(({ text }) => {
      try {
        const token = decodeToken(text, DEFAULT_LIMITS)
        assertProfile(token)
        return [token.blocks]
      } catch {
        return []
      }
    })
    expect(readable.length).toBeGreaterThan(20)
    const requests = [
      { time: NOW },
      { time: NOW, resource: 'file1', operation: 'read' },
      { time: NOW, resource: 'file2', operation: 'read' },
    ]
    for (const blocks of readable) expect(differences(waysOf(blocks, requests))).toEqual([])
  })
})
