// Bytes against the decoder, and against decoder, profile and evaluation together, led by the coverage of the reader's code: an input
// that reaches a block of code which none before has reached is kept, and changed further.
import * as fc from 'fast-check'
import { bytesOf, readToken } from '../packages/core/test/support/forge/envelope.ts'
import { profileCases } from '../packages/core/test/support/gen/arbitraries.ts'
import { root } from '../packages/core/test/support/keys.ts'
import { SAMPLES } from '../packages/core/test/support/samples/samples.ts'
import { BYTE_CHANGES } from './support/bytes.ts'
import { startCoverage } from './support/coverage.ts'
import { forkOracle } from './support/fork-oracle.ts'
import { anySeed, fail, failOnStrays, readNumbers } from './support/options.ts'
import { Random } from './support/random.ts'
import { changeTree, parseTree, writeTree } from './support/wire-tree.ts'

// Taking the coverage is as dear as some hundred inputs.
const INPUTS_A_ROUND = 400
const FORGED_SEEDS = 150
const LONGEST = 4096
// Work is counted and bounded, so no input may take as long as this, in the fastest of several runs.
const HANG_MS = 200
// How many accepted inputs of a round are signed and put to the verifier and to the reference.
const JUDGED_A_ROUND = 4

interface Corpus {
  readonly entries: Uint8Array[]
  readonly outcomes: Map<string, number>
}

failOnStrays()
const { minutes, seed } = readNumbers({ minutes: 5, seed: anySeed() })
const random = new Random(seed)
const coverage = await startCoverage((url) => /\/core\/src\/internal\/(?:wire|token|evaluate|decide)\//.test(url))
const { TARGETS, REQUEST, TIME } = await import('./support/fuzz-targets.ts')
const { createVerifier } = await import('../packages/core/src/capability/create-verifier.ts')
type Target = (typeof TARGETS)[number]

const oracle = forkOracle()
const verifier = createVerifier({ keys: root.publicKey, anchor: null, now: () => TIME })
const corpora = new Map<Target, Corpus>(TARGETS.map((target) => [target, { entries: [], outcomes: new Map() }]))
let runs = 0
let judged = 0
let dearest = { cost: 0, target: '', bytes: '' }
const seen = new Set<string>()
console.log(`seed ${seed}`)

const specs = fc.sample(fc.noBias(profileCases(1)), { seed, numRuns: FORGED_SEEDS }).map(({ spec }) => spec)
for (const [target, { entries }] of corpora) {
  const samples = SAMPLES.flatMap(({ text }) => (target.name === 'decoder' ? [bytesOf(text)] : payloadsOf(text)))
  const inputs = [...specs.flatMap((spec) => target.seeds(spec)), ...samples]
  for (const bytes of inputs) {
    run(target, bytes)
    if (isNews(await coverage.take())) entries.push(bytes)
  }
  // Where the seeds of another target have been everywhere already.
  if (entries.length === 0) entries.push(...inputs.slice(0, 20))
}
const bySeeds = { blocks: seen.size, inputs: kept() }

const end = performance.now() + minutes * 60_000
for (let round = 0; performance.now() < end; round++) await fuzz(TARGETS[round % TARGETS.length] as Target)
oracle.close()
report()

/** One round: many inputs, and a look at the coverage; if it has grown, at which of them did it. */
async function fuzz(target: Target): Promise<void> {
  const { entries, outcomes } = corpora.get(target) as Corpus
  const inputs = Array.from({ length: INPUTS_A_ROUND }, () => mutantOf(entries))
  const accepted: Uint8Array[] = []
  for (const bytes of inputs) {
    const outcome = run(target, bytes)
    if (!outcomes.has(outcome)) entries.push(bytes)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    if (outcome === 'accepted' && accepted.length < JUDGED_A_ROUND) accepted.push(bytes)
  }
  const fresh = new Set([...(await coverage.take())].filter((block) => !seen.has(block)))
  if (fresh.size > 0) entries.push(...(await search(target, inputs, fresh)))
  for (const block of fresh) seen.add(block)
  for (const bytes of accepted) await judge(target, bytes)
  await coverage.take()
}

/** The inputs among many that run one of the blocks, found by halving. */
async function search(
  target: Target,
  inputs: readonly Uint8Array[],
  fresh: ReadonlySet<string>,
): Promise<Uint8Array[]> {
  for (const bytes of inputs) run(target, bytes)
  const blocks = await coverage.take()
  if (![...fresh].some((block) => blocks.has(block))) return []
  if (inputs.length === 1) return [...inputs]
  const half = inputs.length >> 1
  return [...(await search(target, inputs.slice(0, half), fresh)), ...(await search(target, inputs.slice(half), fresh))]
}

function run(target: Target, bytes: Uint8Array): string {
  runs++
  try {
    const { outcome, cost } = timed(target, bytes)
    if (cost > dearest.cost) weigh(target, bytes)
    return outcome
  } catch (error) {
    return fail('no CapabilityError', { ...told(target, bytes), error: (error as Error).stack ?? String(error) })
  }
}

/** What an input costs: the least of some runs, for the first ones are slower, and others say how busy the machine is. */
function weigh(target: Target, bytes: Uint8Array): void {
  let cost = Number.POSITIVE_INFINITY
  for (let count = 0; count < 9 && cost > dearest.cost; count++) cost = Math.min(cost, timed(target, bytes).cost)
  if (cost > dearest.cost) dearest = { cost, ...told(target, bytes) }
  if (cost > HANG_MS) fail(`took ${cost.toFixed(0)} ms`, told(target, bytes))
}

function timed(target: Target, bytes: Uint8Array): { readonly outcome: string; readonly cost: number } {
  const start = performance.now()
  const outcome = target.run(bytes)
  return { outcome, cost: performance.now() - start }
}

/** Signed, what is accepted without a proof must be accepted with one, and by the reference too. */
async function judge(target: Target, bytes: Uint8Array): Promise<void> {
  const token = target.sign(bytes)
  if (token === undefined) return
  judged++
  await verifier.verify(token, { ...REQUEST, allowUndesignated: true }).catch((error: unknown) => {
    fail('refused once it is signed', { ...told(target, bytes), token, error: String(error) })
  })
  const [judgement] = await oracle.judge([{ token, rootKey: root.publicKey, request: { ...REQUEST, time: TIME } }])
  const { verdict, thrown = '' } = judgement ?? { verdict: 'trap' }
  // The one difference: the reference looks at the curve of keys that sign nothing, too.
  if (verdict === 'allow' || /^\{"Format":\{"InvalidKey":"[^"]*"\}\}$/.test(thrown)) return
  fail('accepted, although the reference refuses', { ...told(target, bytes), token, thrown })
}

function mutantOf(entries: readonly Uint8Array[]): Uint8Array {
  let bytes = random.pick(entries)
  for (let changes = random.chance(70) ? 1 : 2 + random.below(3); changes > 0; changes--) {
    const tree = random.chance(80) ? parseTree(bytes) : undefined
    if (tree === undefined) {
      bytes = random.pick(BYTE_CHANGES)(bytes, random)
    } else {
      changeTree(tree, parseTree(random.pick(entries)) ?? [], random)
      bytes = writeTree(tree)
    }
  }
  return bytes.subarray(0, LONGEST)
}

function payloadsOf(token: string): Uint8Array[] {
  const { authority, blocks } = readToken(token)
  return [authority, ...blocks].map(({ block }) => block)
}

function isNews(blocks: ReadonlySet<string>): boolean {
  const before = seen.size
  for (const block of blocks) seen.add(block)
  return seen.size > before
}

function kept(): number {
  return [...corpora.values()].reduce((sum, { entries }) => sum + entries.length, 0)
}

function told({ name }: Target, bytes: Uint8Array) {
  return { seed: String(seed), target: name, bytes: Buffer.from(bytes).toString('base64') }
}

function report(): void {
  const { called, neverCalled } = coverage.functions()
  console.log(`${runs} inputs in ${minutes} minutes, nothing but refusals and accepts`)
  console.log(`  blocks of code reached: ${bySeeds.blocks} by the seeds, ${seen.size} in the end; ${called} functions`)
  console.log(
    `  inputs kept: ${bySeeds.inputs} seeds, ${kept()} in the end; ${judged} accepted ones were signed and judged`,
  )
  for (const [{ name }, { outcomes }] of corpora) {
    const counts = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${outcome} ${count}`)
    console.log(`  ${name}: ${counts.join(', ')}`)
  }
  console.log(
    `  the dearest, with coverage counted: ${dearest.cost.toFixed(1)} ms, ${dearest.target}, ${dearest.bytes}`,
  )
  console.log(`  functions that no input has called: ${neverCalled.join('; ') || 'none'}`)
}
