// Blocks of generated tokens, written by our own encoder; reader and reference implementation must say of them what they say of
// the same blocks from the forge.
import * as fc from 'fast-check'
import { profileCases } from '../packages/core/test/support/gen/arbitraries.ts'
import { compareWritten } from '../packages/core/test/support/oracle/written.ts'
import { anySeed, fail, failOnStrays, readNumbers, untilDone } from './support/options.ts'

const REQUESTS = 4
const TOKENS_A_BATCH = 250

failOnStrays()
const { pairs, minutes, seed } = readNumbers({ pairs: 10_000, minutes: undefined, seed: anySeed() })
const isDone = untilDone(pairs, minutes)
console.log(`seed ${seed}`)

let compared = 0
let allowed = 0
for (let batch = 0; !isDone(compared); batch++) {
  const batchSeed = (seed + batch) | 0
  for (const example of fc.sample(fc.noBias(profileCases(REQUESTS)), { seed: batchSeed, numRuns: TOKENS_A_BATCH })) {
    for (const { problem, verdict } of await compareWritten(example)) {
      const again = `npm run soak -- written --seed ${batchSeed} --pairs ${TOKENS_A_BATCH * REQUESTS}`
      if (problem !== undefined) fail(problem, { again })
      compared++
      if (verdict === 'allow') allowed++
    }
  }
}
console.log(`${compared} pairs of token and request, no disagreement; ${allowed} are allowed`)
// A generator that came to make only tokens of one verdict would prove nothing.
if (!(allowed / compared > 0.2 && allowed / compared < 0.6)) fail('the generator is lopsided', { allowed, compared })
