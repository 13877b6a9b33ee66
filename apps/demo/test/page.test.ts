import { stripVTControlCharacters } from 'node:util'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { HopTimes } from '../src/print/hops-of.ts'
import { createPage, hasColours, widthOf } from '../src/print/page.ts'
import { printCost, printHints, printLogEntry, printSum } from '../src/print/print-end.ts'
import { printIntroduction, printSystem, storyNarrator } from '../src/print/print-story.ts'
import { printHops, printSteps } from '../src/print/print-table.ts'
import { wrap } from '../src/print/wrap.ts'
import { runDemo } from '../src/run-demo.ts'
import { type Place, SERVICES, type Step } from '../src/step.ts'
import { SECTIONS } from '../src/steps.ts'
import { childrenOf, untilGone, urlsIn } from './support/processes.ts'
import { keepLines, rowsOf } from './support/run-process.ts'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ hookTimeout: 60_000 })

const URLS = Object.fromEntries([...SERVICES, 'authority'].map((name) => [name, 'http://127.0.0.1:65535'])) as Record<
  Place,
  string
>
const ENTRY = {
  ...{ service: 'inventory', decision: 'refused', code: 'wrong_designation', resource: 'stock', operation: 'reserve' },
  ...{ subject: 'service:orders', label: 'tenantId', expected: 'acme', actual: 'globex', durationMs: 2 },
}
const LOGS = { gateway: '', orders: '', inventory: JSON.stringify(ENTRY), billing: '' }
const HOPS: HopTimes[] = SERVICES.map((service) => ({
  service,
  passed: 10,
  stopped: 10,
  median: 123.4,
  slowest: 1234.5,
}))

/** Where answers begin in a table of 80 columns. */
const ANSWERS = 52
const PROMISES: Readonly<Record<string, Step['promise']>> = {
  'the same for the tenant globex': { status: 200 },
  'the same for another order': { status: 403, code: 'expired' },
}
/** The steps as they are, except that two of them promise something else. */
const BROKEN = SECTIONS.map((section) => ({
  ...section,
  steps: section.steps.map((step) => ({ ...step, promise: PROMISES[step.tried] ?? step.promise })),
}))

let broken: Awaited<ReturnType<typeof runDemo>> & { lines: readonly string[] }
beforeAll(async () => {
  const { page, lines } = keepLines()
  broken = { ...(await runDemo(BROKEN, page, { warmUps: 0 })), lines }
})

describe('promises that are not kept', () => {
  it('are named, with the table, and the exit code is 1', () => {
    const { exitCode, lines } = broken
    expect(exitCode).toBe(1)
    for (const [tried, { status, code }] of Object.entries(PROMISES)) {
      const index = lines.findIndex((line) => line.startsWith(`  DIFFERS  ${tried} `))
      expect(lines[index + 1]).toBe(`           403 wrong_designation: promised was ${status} ${code ?? 'OK'}`)
      const row = rowsOf(lines).find((row) => row.includes(tried)) ?? ''
      const answers = row.split('\n').map((line) =>
        line
          .slice(ANSWERS)
          .replace(/[\d.]+ ms$/, '')
          .trim(),
      )
      expect(row).toMatch(/^DIFFERS /)
      expect(answers).toEqual(['403', 'wrong_designation', `promised: ${status}`, code ?? 'OK'])
    }
    expect(rowsOf(lines)).toHaveLength(37)
    for (const differs of [/^DIFFERS /, /^ {2}DIFFERS /])
      expect(lines.filter((line) => differs.test(line))).toHaveLength(2)
    expect(lines).toContainEqual(expect.stringMatching(/^35 of 37 answers are as promised, in \d+\.\d s\.$/))
    expect(lines.join('\n')).not.toContain('requests passed')
  })

  it('leave no process behind', async () => {
    await untilGone(urlsIn(broken.lines))
    expect(childrenOf(process.pid).filter(({ command }) => command.includes('dist/main.js'))).toEqual([])
  })
})

describe('every page', () => {
  /** All that the demo can print, of answers as they were and of the same with each promise broken. */
  function printAll(columns: number, forced: boolean): string[] {
    const lines: string[] = []
    const env = forced ? { FORCE_COLOR: '1' } : {}
    const page = createPage({ env, isTTY: false, columns }, (line) => lines.push(line))
    printIntroduction(page)
    printSystem(page, URLS)
    const { outcomes } = broken
    const kept = outcomes.map((outcome) => ({ ...outcome, kept: true }))
    const differing = outcomes.map((outcome) => ({ ...outcome, kept: false, milliseconds: 1234.5 }))
    for (const all of [kept, differing]) {
      const narrator = storyNarrator(page)
      for (const section of BROKEN) {
        narrator.section(section)
        for (const outcome of all) if (section.steps.includes(outcome.step)) narrator.step(outcome)
      }
      printSteps(page, all)
      printSum(page, all, 12.3)
    }
    printLogEntry(page, LOGS)
    printHops(page, HOPS)
    printCost(page, HOPS)
    printHints(page)
    return lines
  }

  /** All words; a frame, a rule or a comma is none. */
  function wordsOf(lines: readonly string[]): string[] {
    return lines.flatMap((line) => line.split(/[\s,│─┌┐├┤└┘]+/)).filter(Boolean)
  }

  it.each([72, 80, 120])(
    'has no line that is longer than %i columns, and no broken word, in colour or not',
    (columns) => {
      const plain = printAll(columns, false)
      const coloured = printAll(columns, true)
      expect(coloured.map(stripVTControlCharacters)).toEqual(plain)
      expect(coloured.join('')).toContain('\u001b[')
      expect(plain.join('')).not.toContain('\u001b[')
      expect(plain.filter((line) => line.length > columns || line !== line.trimEnd())).toEqual([])
      // Nothing has to be broken where there is room for everything.
      const words = wordsOf(plain)
      const known = new Set(wordsOf(printAll(100, false)))
      expect(words.filter((word) => !known.has(word))).toEqual([])
      expect(plain.join('\n')).not.toContain('…')
      const printed = new Set(words)
      const said = broken.outcomes.flatMap(({ step }) => `${step.because} ${step.request}`.split(/[ ,]+/))
      expect(said.filter((word) => !printed.has(word))).toEqual([])
      expect(broken.outcomes.filter(({ step }) => step.tried.length > 43)).toEqual([])
    },
  )
})

describe('the width', () => {
  it.each([
    ['that of the terminal', { columns: 90, env: {} }, 90],
    ['that of the terminal, not of COLUMNS', { columns: 90, env: { COLUMNS: '75' } }, 90],
    ['COLUMNS without a terminal', { env: { COLUMNS: '75' } }, 75],
    ['80 when nothing is known', { env: {} }, 80],
    ['80 when COLUMNS is no number', { env: { COLUMNS: 'wide' } }, 80],
    ['80 when the terminal says 0', { columns: 0, env: {} }, 80],
    ['72 at least', { columns: 40, env: {} }, 72],
    ['100 at most, to be read with ease', { columns: 240, env: {} }, 100],
  ])('is %s', (_, { env, ...rest }, expected) => {
    expect(widthOf({ isTTY: false, ...rest, env })).toBe(expected)
  })
})

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ CI: 'true' }, undefined, false],
    [{ CI: 'true' }, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ])('with %j and a terminal: %s, are there: %s', (env, isTTY, expected) => {
    expect(hasColours({ env, isTTY })).toBe(expected)
  })
})

describe('wrap', () => {
  it('breaks at spaces only', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('a considerable word', 4)).toEqual(['a', 'considerable', 'word'])
    expect(wrap('', 4)).toEqual([''])
  })
})
