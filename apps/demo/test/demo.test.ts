import { beforeAll, describe, expect, it, vi } from 'vitest'
import { passes, SERVICES } from '../src/step.ts'
import { SECTIONS } from '../src/steps.ts'
import { untilGone, urlsIn } from './support/processes.ts'
import { rowsOf, runProcess } from './support/run-process.ts'

const ANSI = '\u001b['
const STEPS = SECTIONS.flatMap(({ steps }) => steps)
const VERDICT = /^ {2}(?:PASSED|STOPPED|DIFFERS) /

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

describe('npm run demo', () => {
  let demo: Awaited<ReturnType<typeof runProcess>>
  let table: Awaited<ReturnType<typeof runProcess>>
  beforeAll(async () => {
    // Some colour libraries take a CI job for somebody who looks.
    demo = await runProcess({ CI: 'true' })
    table = await runProcess({ FORCE_COLOR: '1', COLUMNS: '72' }, ['--table'])
  })

  it('keeps every promise, tells each step with the one fact that decided, and ends with 0', () => {
    const { code, stderr, lines } = demo
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const starts = lines.flatMap((line, index) => (VERDICT.test(line) ? [index] : []))
    expect(starts).toHaveLength(STEPS.length)
    for (const [index, { tried, because, at, promise }] of STEPS.entries()) {
      const told = lines.slice(starts[index], (starts[index] ?? 0) + 4)
      const verdict = passes(promise) ? 'PASSED ' : 'STOPPED'
      expect(told[0]).toContain(`  ${verdict}  ${tried} `)
      expect(told[0]).toMatch(new RegExp(` ${at} +\\d+(?:\\.\\d)? ms$`))
      const text = told.slice(1).map((line) => line.trim())
      const { status = promise.step, code = '[A-Z][A-Za-z ]+' } = promise
      expect(text[0]).toMatch(new RegExp(status === undefined ? '^minted: ' : `^${status} ${code}: `))
      expect(text.join(' ')).toContain(`: ${because}`)
    }
  })

  it('ends all processes', async () => {
    for (const { lines } of [demo, table]) await untilGone(urlsIn(lines))
  })

  it('ends with the sum, counted, and no table', () => {
    const { lines } = demo
    const passed = STEPS.filter(({ promise }) => passes(promise)).length
    const mistakes = STEPS.filter(({ isMistake }) => isMistake).length
    const attacks = STEPS.length - passed - mistakes
    expect(lines).toContain(`${passed} requests passed, ${attacks} attacks and ${mistakes} mistakes stopped.`)
    expect(lines).toContainEqual(expect.stringMatching(/^All 37 answers are as promised, in \d+\.\d s\.$/))
    expect(rowsOf(lines)).toEqual([])
  })

  it('shows every answer in a table on --table, in 72 columns', () => {
    const { code, stderr, lines } = table
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const rows = rowsOf(lines)
    expect(rows).toHaveLength(STEPS.length)
    for (const [index, { at, request, promise }] of STEPS.entries()) {
      const [method = '', path = ''] = request.split(' ')
      const row = rows[index] ?? ''
      expect(row).toMatch(
        new RegExp(
          `^${passes(promise) ? 'PASSED' : 'STOPPED'} .* ${promise.status ?? promise.step ?? 'minted'} +[\\d.]+ ms$`,
          'm',
        ),
      )
      expect(row).toContain(` ${at} ${method}`)
      expect(row).toMatch(new RegExp(` ${path}(?: |$)`, 'm'))
      if (promise.code !== undefined) expect(row).toMatch(new RegExp(` ${promise.code}$`, 'm'))
      expect(row).not.toContain('promised')
    }
  })

  it('draws each token that one request made travel, block by block, for its one object', () => {
    const { lines } = demo
    const object = 'tenantId=acme orderId=o-1 sku=tea'
    for (const [hop, right, narrowed] of [
      [
        'gateway → orders',
        'service:gateway may write orders, only at service:orders',
        object.replace(' ', ' userId=alice '),
      ],
      ['orders → inventory', 'service:orders may reserve stock, only at service:inventory', object],
      ['orders → billing', 'service:orders may write invoices, only at service:billing', object],
    ] as const) {
      const start = lines.findIndex((line) => line.trim() === hop)
      const drawn = lines.slice(start + 1, start + 6).map((line) => line.trim())
      expect(drawn).toEqual([
        expect.stringMatching(/^┌─ block 0, signed by the authority ─+ 5 min left ─┐$/),
        expect.stringMatching(new RegExp(`^│ ${right} +│$`)),
        expect.stringMatching(new RegExp(`^├─ block 1, signed by ${hop.split(' ')[0]} ─+ (?:[89]|10) s left ─┤$`)),
        expect.stringMatching(new RegExp(`^│ only for ${narrowed} +│$`)),
        expect.stringMatching(/^└─+┘$/),
      ])
    }
  })

  it('draws a token that has grown in three hands', () => {
    const heads = demo.lines.filter((line) => / block \d, signed by /.test(line)).map((line) => line.trim())
    expect(heads).toContainEqual(expect.stringMatching(/^├─ block 1, signed by globex ─+ 30 min left ─┤$/))
    expect(heads).toContainEqual(expect.stringMatching(/^├─ block 2, signed by courier of globex ─+ 5 min left ─┤$/))
  })

  it('says what verification cost at each service, as the services have logged it, without the warm-up', () => {
    const { lines } = table
    const head = lines.findIndex((line) => /^Service +Passed +Stopped +Median +Slowest$/.test(line))
    // Until billing has heard of a revocation, what was revoked may pass.
    const guards = { gateway: [2, 2], orders: [7, 1], inventory: [5, 6], billing: ['\\d+', 8] }
    for (const [index, service] of SERVICES.entries()) {
      const [passed, stopped] = guards[service]
      const time = '\\d+(?:\\.\\d)? ms'
      expect(lines[head + 2 + index]).toMatch(new RegExp(`^${service} +${passed} +${stopped} +${time} +${time}$`))
    }
    expect(demo.lines.join(' ')).toMatch(/The services checked \d+ tokens\. The median check took [\d.]+ to [\d.]+ ms/)
  })

  it('shows what the operator of a service sees of a refusal', () => {
    const text = demo.lines.map((line) => line.trim()).join(' ')
    expect(text).toContain('code=wrong_designation label=tenantId expected=acme actual=globex')
  })

  it('mints for a tenant that nobody has set up, and its first request is answered', () => {
    const { lines } = demo
    const minted = lines.findIndex((line) => line.startsWith('  PASSED   the accounting of initech gets a token '))
    const text = lines.slice(minted).join(' ').replace(/ +/g, ' ')
    expect(text).toMatch(/^ PASSED the accounting [^:]+ minted: .* PASSED it reads the invoices of initech .* 200 OK: /)
    expect(text).toContain('"sku":"stapler"')
  })

  it('refuses for every reason that the tour is about', () => {
    const codes = new Set(STEPS.map(({ promise }) => promise.code))
    for (const code of [
      'undesignated',
      'wrong_designation',
      'wrong_anchor',
      'wrong_resource',
      'expired',
      'revoked',
      'invalid_signature',
      'not_granted',
      'missing_designation',
      'ancestor_lacks_grant',
    ]) {
      expect(codes).toContain(code)
    }
  })

  it('fits in 80 columns where nobody says how many there are, and has no colours when nobody looks', () => {
    const { stdout, lines } = demo
    expect(stdout).not.toContain(ANSI)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })

  it('has colours when they are forced, and no line is longer for that', () => {
    const { stdout, lines } = table
    expect(stdout).toContain(ANSI)
    expect(lines.filter((line) => line.length > 72)).toEqual([])
  })

  it('shows no token and no cookie', () => {
    for (const { stdout } of [demo, table]) expect(stdout).not.toMatch(/[\w-]{60,}|session=/)
  })

  it('names its options when it is given another', async () => {
    const { code, stdout, stderr } = await runProcess({}, ['--tabel'])
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: '✗ usage: npm run demo -- [--table] [--keep] [--chapter purchase|agents|pipeline|ledger|lock]\n',
    })
  })
})
