// Generated tokens and requests, put to the reader and to the reference implementation; the two must agree as documented.
import * as fc from 'fast-check'
import { type ProfileCase, profileCases } from '../packages/core/test/support/gen/arbitraries.ts'
import {
  type Comparison,
  disagreement,
  readerSide,
  type Verdicts,
} from '../packages/core/test/support/oracle/compare.ts'
import { forkOracle } from './support/fork-oracle.ts'
import { anySeed, fail, failOnStrays, readNumbers, untilDone } from './support/options.ts'

const REQUESTS = 4
const TOKENS_A_BATCH = 250
// So that neither process waits for the other.
const BATCHES_AHEAD = 3

interface Batch {
  readonly seed: number
  readonly examples: readonly ProfileCase[]
  readonly comparisons: readonly Comparison[]
  readonly answers: ReturnType<ReturnType<typeof forkOracle>['compare']>
}

failOnStrays()
const { pairs, minutes, seed } = readNumbers({ pairs: 100_000, minutes: undefined, seed: anySeed() })
const isDone = untilDone(pairs, minutes)
const oracle = forkOracle()
const counts = new Map<string, number>()
let compared = 0
console.log(`seed ${seed}`)

const ahead: Batch[] = []
for (let index = 0, asked = 0; !isDone(asked); index++, asked += TOKENS_A_BATCH * REQUESTS) {
  ahead.push(await ask((seed + index) | 0))
  if (ahead.length >= BATCHES_AHEAD) await conclude(ahead.shift() as Batch)
}
for (const batch of ahead) await conclude(batch)
oracle.close()
report()

/** The reader's half of a batch; the other half is under way when it returns. */
async function ask(batchSeed: number): Promise<Batch> {
  const examples = fc.sample(fc.noBias(profileCases(REQUESTS)), { seed: batchSeed, numRuns: TOKENS_A_BATCH })
  const comparisons: Comparison[] = []
  for (const example of examples) comparisons.push(await readerSide(example))
  const answers = oracle.compare(comparisons.map(({ questions }) => questions))
  return { seed: batchSeed, examples, comparisons, answers }
}

async function conclude({ seed: batchSeed, examples, comparisons, answers }: Batch): Promise<void> {
  for (const [index, answer] of (await answers).entries()) {
    const { token, conclude } = comparisons[index] as Comparison
    const { rootKey, requests } = examples[index] as ProfileCase
    for (const [place, verdicts] of conclude(answer).entries()) {
      const problem = disagreement(verdicts)
      if (problem !== undefined) {
        const again = `npm run soak -- agreement --seed ${batchSeed} --pairs ${TOKENS_A_BATCH * REQUESTS}`
        fail(problem, { again, token, rootKey, request: requests[place] })
      }
      tally(verdicts)
    }
  }
}

function tally({ oracle: reference, failed, reader }: Verdicts): void {
  compared++
  for (const name of [`reference: ${reference}`, `reader: ${reader}`, ...(failed ? ['an expression fails'] : [])]) {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
}

function report(): void {
  console.log(`${compared} pairs of token and request, no disagreement`)
  for (const [name, count] of [...counts].sort()) console.log(`  ${name.padEnd(30)}${String(count).padStart(10)}`)
  // A generator that came to make only tokens of one verdict would prove nothing.
  const share = (name: string) => (counts.get(name) ?? 0) / compared
  for (const name of ['reference: allow', 'reference: refuse', 'reader: allow']) {
    if (!(share(name) > 0.2)) fail(`the generator is lopsided, ${name}`, { share: share(name) })
  }
}
