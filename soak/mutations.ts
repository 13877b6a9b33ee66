// Tokens that were tampered with, by anyone, by their holder, or by somebody with the authority's key. Each is refused with a
// `CapabilityError`, or accepted where it should be: see `judge`.
import * as fc from 'fast-check'
import { CapabilityError, createVerifier, inspect, revocationIds, type Verifier } from '../packages/core/src/index.ts'
import { DEFAULT_LIMITS } from '../packages/core/src/internal/base/limits.ts'
import { decodeToken } from '../packages/core/src/internal/token/decode-token.ts'
import { privateKeyFrom } from '../packages/core/test/support/forge/crypto.ts'
import { forge } from '../packages/core/test/support/forge/forge.ts'
import type { BlockSpec, TokenSpec } from '../packages/core/test/support/forge/model.ts'
import { profileCases } from '../packages/core/test/support/gen/arbitraries.ts'
import type { OracleRequest } from '../packages/core/test/support/oracle/oracle.ts'
import { forkOracle } from './support/fork-oracle.ts'
import { type Base, KINDS, type MutationKind } from './support/mutants.ts'
import { anySeed, fail, failOnStrays, readNumbers, untilDone } from './support/options.ts'
import type { Plea } from './support/oracle-process.ts'
import { Random } from './support/random.ts'

const CASES_A_BATCH = 16
const MUTANTS_A_BATCH = 400
const AT_A_TIME = 16
// One in so many mutants is put to the functions that read a token without deciding anything, too.
const INSPECTED = 16
const WEIGHTED = KINDS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))
// The longest that the option allows.
const LONG_TEXT = 2 ** 18

interface Tally {
  made: number
  proven: number
  accepted: number
}

interface Reader {
  readonly base: Base
  readonly verifier: Verifier
  /** Whether the base is accepted for its request. */
  readonly accepted: boolean
  readonly request: OracleRequest
}

interface Mutant {
  readonly kind: MutationKind
  readonly reader: Reader
  readonly other: Reader
  readonly token: string
  readonly inspected: boolean
}

failOnStrays()
const { count, minutes, seed } = readNumbers({ count: 100_000, minutes: undefined, seed: anySeed() })
const isDone = untilDone(count, minutes)
const oracle = forkOracle()
const tallies = new Map<string, Tally>(KINDS.map(({ name }) => [name, { made: 0, proven: 0, accepted: 0 }]))
let made = 0
let asked = 0
console.log(`seed ${seed}`)

let judging: Promise<void> = Promise.resolve()
for (let index = 0; !isDone(made); index++) {
  const pleas = await runBatch((seed + index) | 0)
  await judging
  judging = judge(pleas, (seed + index) | 0)
}
await judging
oracle.close()
report()

/** Makes the mutants of a seed and reads them; what is accepted is still to be judged. */
async function runBatch(batchSeed: number): Promise<readonly Plea[]> {
  const random = new Random(batchSeed)
  const readers = await readersOf(batchSeed)
  const open = readers.filter(({ base }) => base.spec.sealed !== true)
  const pleas: Plea[] = []
  for (let index = 0; index < MUTANTS_A_BATCH; index += AT_A_TIME) {
    const mutants = Array.from({ length: AT_A_TIME }, () => mutantOf(readers, open, random))
    const outcomes = await Promise.all(mutants.map((mutant) => outcomeOf(mutant, batchSeed)))
    for (const [place, outcome] of outcomes.entries()) {
      const { reader, token } = mutants[place] as Mutant
      if (outcome === 'accepted') pleas.push({ token, rootKey: reader.base.rootKey, request: reader.request })
    }
  }
  return pleas
}

function mutantOf(readers: readonly Reader[], open: readonly Reader[], random: Random): Mutant {
  const picked = random.pick(WEIGHTED)
  const kind = picked.maker === 'holder' && open.length === 0 ? (KINDS[0] as MutationKind) : picked
  const reader = random.pick(kind.maker === 'holder' ? open : readers)
  const other = random.pick(readers)
  const token = kind.make(reader.base, other.base, random)
  return { kind, reader, other, token, inspected: random.below(INSPECTED) === 0 }
}

/** Reads a mutant and holds the answer against what needs no second opinion. */
async function outcomeOf({ kind, reader, other, token, inspected }: Mutant, batchSeed: number): Promise<Outcome> {
  const found = (what: string, details: Readonly<Record<string, unknown>> = {}) =>
    fail(what, { again: again(batchSeed), kind: kind.name, token, base: reader.base.token, ...details })
  const outcome = await read(reader, token, inspected).catch((error: unknown) =>
    found('no CapabilityError', { error: (error as Error).stack ?? String(error) }),
  )
  const tally = tallies.get(kind.name) as Tally
  made++
  tally.made++
  if (outcome !== 'refused') tally.proven++
  if (outcome === 'accepted') tally.accepted++
  if (outcome !== 'refused' && kind.maker === 'anyone' && !isOneOf(token, [reader.base.token, other.base.token])) {
    found('proven, although nobody who signs made it')
  }
  if (outcome === 'accepted' && kind.maker === 'holder' && !reader.accepted) found('a holder widened his token')
  return outcome
}

function again(batchSeed: number): string {
  return `npm run soak -- mutations --seed ${batchSeed} --count ${MUTANTS_A_BATCH}`
}

/** The reference implementation must accept what the reader accepts; but it looks at the curve of keys that sign nothing, too. */
async function judge(pleas: readonly Plea[], batchSeed: number): Promise<void> {
  asked += pleas.length
  for (const [index, { verdict, thrown = '' }] of (await oracle.judge(pleas)).entries()) {
    if (verdict === 'allow' || /^\{"Format":\{"InvalidKey":"[^"]*"\}\}$/.test(thrown)) continue
    fail('accepted, although the reference refuses', { again: again(batchSeed), ...(pleas[index] as Plea), thrown })
  }
}

type Outcome = 'refused' | 'proven' | 'accepted'

async function read({ verifier, request }: Reader, token: string, inspected: boolean): Promise<Outcome> {
  if (inspected)
    await Promise.all([refusable(inspect(token)), refusable(Promise.resolve().then(() => revocationIds(token)))])
  const proven = await refusable(verifier.prove(token))
  if (proven === undefined) return 'refused'
  const { resource, operation, designations: { anchor: _, ...designations } = {} } = request
  const capability = await refusable(proven.authorize({ resource, operation, designations, allowUndesignated: true }))
  return capability === undefined ? 'proven' : 'accepted'
}

/** `undefined` for a refusal; whatever else is thrown is thrown again. */
function refusable<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch((error: unknown) => {
    if (error instanceof CapabilityError) return undefined
    throw error
  })
}

/** Valid tokens, most of them accepted for their request; no two have a key in common but the root key and those of third parties. */
async function readersOf(batchSeed: number): Promise<readonly Reader[]> {
  const cases = fc.sample(fc.noBias(profileCases(1)), { seed: batchSeed, numRuns: CASES_A_BATCH })
  const readers: Reader[] = []
  for (const [index, { spec, rootKey, requests }] of cases.entries()) {
    const own = withOwnKeys(spec, `soak ${index}`)
    const request = requests[0] as OracleRequest
    const base: Base = { spec: own, rootKey, requests, token: forge(own) }
    const verifier = createVerifier({
      keys: rootKey,
      anchor: request.designations?.['anchor'] ?? null,
      allowUnanchored: true,
      now: () => request.time,
      // So that long inputs get past the first line of defence.
      limits: { textLength: index % 2 === 0 ? LONG_TEXT : DEFAULT_LIMITS.textLength },
    })
    const reader = { base, verifier, request, accepted: true }
    const accepted = (await read(reader, base.token, true)) === 'accepted'
    if (accepted || index % 4 === 0 || readers.length === 0) readers.push({ ...reader, accepted })
  }
  return readers
}

/** Without this, blocks of two forged tokens would fit together: the forge's next keys are always the same ones. */
function withOwnKeys(spec: TokenSpec, owner: string): TokenSpec {
  const own = (block: BlockSpec, index: number): BlockSpec => {
    const algorithm = block.signing?.nextKey?.startsWith('secp256r1') ? 'secp256r1' : 'ed25519'
    return { ...block, signing: { ...block.signing, nextKey: privateKeyFrom(`${owner} ${index}`, algorithm) } }
  }
  return {
    ...spec,
    authority: own(spec.authority, 0),
    blocks: (spec.blocks ?? []).map((block, index) => own(block, index + 1)),
  }
}

/** Whether two readers would understand the same of it: blocks, keys, signers and layouts, whatever its spelling. */
function isOneOf(token: string, originals: readonly string[]): boolean {
  const meaning = (text: string) =>
    JSON.stringify(
      decodeToken(text, { ...DEFAULT_LIMITS, textLength: LONG_TEXT }).blocks.map((block) => [
        Buffer.from(block.payload).toString('hex'),
        block.nextKey.text,
        block.external?.publicKey.text,
        block.payloadVersion,
      ]),
    )
  return originals.some((original) => meaning(original) === meaning(token))
}

function report(): void {
  console.log(
    `${made} mutants, ${asked} accepted ones put to the reference; nothing but refusals and what should be accepted`,
  )
  console.log(`  ${'kind'.padEnd(22)}${'made'.padStart(10)}${'proven'.padStart(10)}${'accepted'.padStart(10)}`)
  for (const [name, { made: all, proven, accepted }] of tallies) {
    console.log(`  ${name.padEnd(22)}${[all, proven, accepted].map((number) => String(number).padStart(10)).join('')}`)
  }
}
