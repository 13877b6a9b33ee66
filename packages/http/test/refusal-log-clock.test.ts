import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { guardWith, NOW, view } from './support.ts'

let lines: string[] = []

beforeEach(() => {
  lines = []
  vi.spyOn(console, 'error').mockImplementation((...said: unknown[]) => void lines.push(said.join(' ')))
})

afterEach(() => {
  vi.restoreAllMocks()
})

// DEFECT: the log counts by the clock of the tokens, and NaN is never the same second. A stranger then fills stderr.
it('a clock that returns no time does not lift the limit of lines', async () => {
  const decide = guardWith({ log: true, now: () => Number.NaN })
  for (let index = 0; index < 50; index++) await decide(view())
  expect(lines.length).toBeLessThanOrEqual(11)
})

// DEFECT: the same, where the clock jumps to and fro, as one that several machines share may.
it('a clock that jumps does not lift the limit of lines', async () => {
  let time = NOW
  const decide = guardWith({ log: true, now: () => time })
  for (let index = 0; index < 50; index++) {
    time = NOW + (index % 2)
    await decide(view())
  }
  expect(lines.length).toBeLessThanOrEqual(22)
})
