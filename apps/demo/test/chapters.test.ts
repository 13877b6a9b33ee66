import { SCENES } from 'assistant'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { runProcess } from './support/run-process.ts'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const STEPS = SCENES.flatMap(({ steps }) => steps)
const VERDICT = /^ {2}(?:PASSED|STOPPED|DIFFERS) /

describe.each([72, 80, 120])('npm run demo -- --chapter agents, in %i columns', (columns) => {
  let told: Awaited<ReturnType<typeof runProcess>>
  beforeAll(async () => {
    told = await runProcess({ COLUMNS: String(columns) }, ['--chapter', 'agents'])
  })

  it('keeps every promise, tells each call with what decided, and ends with 0', () => {
    const { code, stderr, lines } = told
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const starts = lines.flatMap((line, index) => (VERDICT.test(line) ? [index] : []))
    expect(starts).toHaveLength(STEPS.length)
    for (const [index, step] of STEPS.entries()) {
      const place = starts[index] ?? 0
      expect(lines[place]).toContain(`  ${step.code === undefined ? 'PASSED ' : 'STOPPED'}  ${step.tried} `)
      expect(lines[place]).toMatch(new RegExp(` ${step.at} +\\d+(?:\\.\\d)? ms$`))
      const text = lines
        .slice(place + 1, starts[index + 1])
        .map((line) => line.trim())
        .join(' ')
      expect(text).toContain(step.code === undefined ? step.because : `${step.code}: ${step.because}`)
    }
  })

  it('tells the tree of delegations and the sum, in lines that fit', () => {
    const { lines } = told
    expect(lines).toContain('  └─ agent:assistant:researcher')
    const stopped = STEPS.filter(({ code }) => code !== undefined).length
    expect(lines).toContain(`${STEPS.length - stopped} attempts passed, ${stopped} attempts stopped.`)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.min(columns, 100))
  })
})

it.each(['pipeline', 'ledger', 'lock'])(
  'npm run demo -- --chapter %s keeps every promise in 72 columns, and ends with 0',
  async (chapter) => {
    const { code, stderr, lines } = await runProcess({ COLUMNS: '72' }, ['--chapter', chapter])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const verdicts = lines.filter((line) => VERDICT.test(line))
    expect(verdicts.length).toBeGreaterThan(10)
    expect(verdicts.filter((line) => line.includes('DIFFERS'))).toEqual([])
    expect(lines).toContainEqual(expect.stringMatching(/^\d+ attempts passed, \d+ attempts stopped\.$/))
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(72)
  },
)

it.each([[['--chapter', 'x']], [['--chapter', 'agents', '--keep']], [['--chapter']]])(
  'the demo says how it is called, where it was called with %j',
  async (args) => {
    const { code, stderr, lines } = await runProcess({}, args)
    expect(stderr).toContain(
      'usage: npm run demo -- [--table] [--keep] [--chapter purchase|agents|pipeline|ledger|lock]',
    )
    expect([code, lines.join('')]).toEqual([1, ''])
  },
)
