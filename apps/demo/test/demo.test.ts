import { stripVTControlCharacters } from 'node:util'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { runDemo } from '../src/run-demo.ts'
import { SERVICES, type Step } from '../src/step.ts'
import { SECTIONS } from '../src/steps.ts'
import { runProcess } from './support/run-process.ts'

const ANSI = '\u001b['
const STEPS = SECTIONS.flatMap(({ steps }) => steps)

/** Runs the steps as they are, except that one of them promises something else. */
async function runWithPromise(promise: Step['promise'], tried: string) {
  const sections = SECTIONS.map((section) => ({
    ...section,
    steps: section.steps.map((step) => (step.tried === tried ? { ...step, promise } : step)),
  }))
  const lines: string[] = []
  const code = await runDemo(sections, (line) => lines.push(...stripVTControlCharacters(line).split('\n')))
  return { code, lines }
}

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

describe('npm run demo', () => {
  let demo: Awaited<ReturnType<typeof runProcess>>
  beforeAll(async () => {
    // Some colour libraries take a CI job for somebody who looks.
    demo = await runProcess({ CI: 'true' })
  }, 30_000)

  it('the demo keeps every promise, shows each step and the table, and ends with 0', () => {
    const { code, stderr, lines } = demo
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const told = lines.filter((line) => line.startsWith('  ✓'))
    const head = lines.findIndex((line) => /^Kept +What was tried +Request +Answer +Promised$/.test(line))
    const table = lines.slice(head + 2)
    expect(told).toHaveLength(STEPS.length)
    for (const [index, { tried, at, request, promise }] of STEPS.entries()) {
      const [method = '', path = ''] = request.split(' ')
      expect(told[index]).toContain(`✓ ${tried}`)
      expect(told[index]).toMatch(new RegExp(` ${at} +${promise.status} ${promise.code ?? '[A-Z]'}.* \\d+\\.\\d ms$`))
      const [first = '', second = ''] = table.slice(2 * index)
      const [, status, promisedStatus] =
        first
          .split(`${at} ${method}`)
          .join('')
          .match(/ (\d{3}) +(\d{3})$/) ?? []
      expect(first).toMatch(new RegExp(`^✓ .* ${at} ${method} `))
      expect([status, promisedStatus]).toEqual([`${promise.status}`, `${promise.status}`])
      expect(second).toContain(` ${path} `)
      if (promise.code !== undefined) expect(second).toMatch(new RegExp(` ${promise.code} +${promise.code}$`))
    }
    expect(lines).toContainEqual(expect.stringMatching(/^✓ 28 of 28 answers are as promised, in \d+\.\d s\.$/))
  })

  it('the demo shows which tokens one request sends on, each for one object', () => {
    const { lines } = demo
    const object = 'tenantId=acme orderId=o-1 sku=tea'
    for (const expected of [
      'gateway → orders: orders write, only for tenantId=acme userId=alice orderId=o-1 sku=tea',
      `orders → inventory: stock reserve, only for ${object}`,
      `orders → billing: invoices write, only for ${object}`,
    ])
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^ {6}${expected}, (?:9|10) s$`)))
  })

  it('the demo shows the cost of verification at each service, as the services logged it', () => {
    const { lines } = demo
    const head = lines.findIndex((line) => /^Service +Allowed +Refused +First +Median$/.test(line))
    const guards = { gateway: [2, 2], orders: [7, 1], inventory: [5, 6], billing: [5, 6] }
    for (const [index, service] of SERVICES.entries()) {
      const [allowed, refused] = guards[service]
      const time = '\\d+(?:\\.\\d ms| µs)'
      expect(lines[head + 2 + index]).toMatch(new RegExp(`^${service} +${allowed} +${refused} +${time} +${time}$`))
    }
  })

  it('the demo shows a refusal for every reason that the tour is about', () => {
    const codes = new Set(STEPS.map(({ promise }) => promise.code))
    for (const code of [
      'undesignated',
      'wrong_designation',
      'wrong_anchor',
      'wrong_resource',
      'expired',
      'revoked',
      'invalid_signature',
    ]) {
      expect(codes).toContain(code)
    }
  })

  it('the demo fits in 100 columns and has no colours without a terminal', () => {
    const { stdout, lines } = demo
    expect(stdout).not.toContain(ANSI)
    expect(lines.filter((line) => line.length > 100)).toEqual([])
  })

  it('the demo has colours when they are forced, but not against NO_COLOR', async () => {
    const [forced, refused] = await Promise.all([
      runProcess({ FORCE_COLOR: '1' }),
      runProcess({ FORCE_COLOR: '1', NO_COLOR: '1' }),
    ])
    expect(forced.stdout).toContain(ANSI)
    expect(refused.stdout).not.toContain(ANSI)
  })

  it('the demo shows no token and no cookie', () => {
    const { stdout } = demo
    expect(stdout).not.toMatch(/[\w-]{60,}|session=/)
  })
})

describe('a promise that is not kept', () => {
  it.each([{ status: 200 }, { status: 403, code: 'expired' }])(
    'a broken promise (%j) is named, and the exit code is 1',
    async (promise) => {
      const { code, lines } = await runWithPromise(promise, 'the same for the tenant globex')
      expect(code).toBe(1)
      expect(lines).toContainEqual(
        expect.stringMatching(/^ {2}✗ the same for the tenant globex +inventory +403 wrong_designation /),
      )
      expect(lines).toContain(`      not as promised: ${promise.status} ${promise.code ?? 'OK'}`)
      expect(lines.filter((line) => line.startsWith('✗'))).toEqual([
        expect.stringMatching(/^✗ +the same for the +inventory PUT +403 +(?:200|403)$/),
        expect.stringMatching(/^✗ 27 of 28 answers are as promised/),
      ])
    },
  )
})
