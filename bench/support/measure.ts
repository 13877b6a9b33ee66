import { Bench } from 'tinybench'
import { quick } from './part.ts'
import { createUnit } from './primitives.ts'

/** What is measured. `run` does the work `calls` times; the result is for one of them. */
export interface Subject {
  readonly name: string
  readonly run: () => unknown
  /** Default: 1. */
  readonly calls?: number
  /** `run` returns no promise. Default `false`. */
  readonly sync?: boolean
  /** So many runs in a round, for work that may not be repeated. Default: as many as fit. */
  readonly runs?: number
}

export interface Measured {
  /** Of one call: the median of all rounds. */
  readonly micros: number
  /** In raw signatures, as they cost in the same round: the median of all rounds. */
  readonly ratio: number
}

/** Rounds that count; one before them does not. */
export const ROUNDS = quick ? 1 : 15
const SLICE_MS = quick ? 4 : 12
const UNIT_MS = quick ? 3 : 5
/** In a slice, however long it takes: the median of fewer is luck. */
const LEAST_RUNS = quick ? 2 : 10

/**
 * Measures subjects in rounds, so that a busy moment of the machine hits all alike. Before each of them the unit is measured:
 * one verification of an Ed25519 signature by WebCrypto.
 */
export async function measure(subjects: readonly Subject[]): Promise<ReadonlyMap<string, Measured>> {
  const unit = createUnit()
  const samples = new Map(subjects.map(({ name }) => [name, { micros: [] as number[], ratios: [] as number[] }]))
  for (let round = -1; round < ROUNDS; round++) {
    const units: number[] = []
    const times = new Map<string, number>()
    for (const subject of subjects) {
      units.push(await microsOf({ name: 'unit', run: unit }, UNIT_MS))
      times.set(subject.name, await microsOf(subject, SLICE_MS))
    }
    if (round < 0) continue
    const one = median(units)
    for (const [name, micros] of times) {
      samples.get(name)?.micros.push(micros)
      samples.get(name)?.ratios.push(micros / one)
    }
  }
  return new Map(
    [...samples].map(([name, { micros, ratios }]) => [name, { micros: median(micros), ratio: median(ratios) }]),
  )
}

async function microsOf({ name, run, calls = 1, sync = false, runs }: Subject, time: number): Promise<number> {
  const bench = new Bench({
    warmup: false,
    throws: true,
    time: runs === undefined ? time : 0,
    iterations: runs ?? LEAST_RUNS,
  })
  // Said, because tinybench would find it out by one more call.
  bench.add(name, run, { async: !sync })
  await bench.run()
  const result = bench.tasks[0]?.result
  if (result === undefined || !('latency' in result)) throw new Error(`${name}: was not measured`)
  return (result.latency.p50 * 1000) / calls
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[middle]]
  return (low + high) / 2
}

/** So many calls at once, as a server has them. */
export const IN_FLIGHT = 16
export function inFlight(run: () => unknown): Pick<Subject, 'run' | 'calls'> {
  return { run: () => Promise.all(Array.from({ length: IN_FLIGHT }, run)), calls: IN_FLIGHT }
}
