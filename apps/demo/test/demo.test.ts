import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { runDemo } from '../src/run-demo.ts'
import { startBilling } from '../src/start-billing.ts'
import { SECTIONS, type Section } from '../src/steps.ts'

const APP = new URL('../', import.meta.url)
const DIST = new URL('dist/', APP)
const ANSI = '\u001b['
const STEPS = SECTIONS.flatMap(({ steps }) => steps)

function startNode(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const started = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...env },
    cwd: APP,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void started.kill('SIGKILL'))
  return started
}

async function runProcess(env?: Readonly<Record<string, string>>) {
  const demo = startNode([fileURLToPath(new URL('index.js', DIST))], env)
  const [stdout, stderr, [code]] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'close')])
  return { stdout, stderr, code, lines: stripVTControlCharacters(stdout).split('\n') }
}

/** Runs the steps as they are, except that these promise something else. */
async function runWithPromise(promise: Section['steps'][number]['promise'], request: string) {
  const sections = SECTIONS.map((section) => ({
    ...section,
    steps: section.steps.map((step) => (step.request === request ? { ...step, promise } : step)),
  }))
  const lines: string[] = []
  const code = await runDemo(sections, (line) => lines.push(...stripVTControlCharacters(line).split('\n')))
  return { code, lines }
}

/** Resolves when nothing answers at the URL any more. */
async function untilGone(url: string): Promise<void> {
  const answer = () =>
    fetch(url).then(
      () => 'answers',
      () => 'gone',
    )
  await expect.poll(answer, { timeout: 10_000 }).toBe('gone')
}

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

describe('npm run demo', () => {
  it('keeps every promise, shows each of them in a row, and ends with 0', async () => {
    const { code, stderr, lines } = await runProcess()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const rows = lines.filter((line) => line.startsWith('  ✓'))
    expect(rows).toHaveLength(STEPS.length)
    for (const [index, { tried, request, promise }] of STEPS.entries()) {
      const cells = rows[index]?.split(/ {2,}/).join(' ') ?? ''
      expect(cells).toContain(`✓ ${tried} ${request} ${promise.status} ${promise.code ?? ''}`)
      expect(cells).toMatch(/ \d+\.\d$/)
    }
    expect(lines).toContainEqual(expect.stringMatching(/^✓ 15 of 15 answers are as promised, in \d+\.\d s\.$/))
  })

  it('refuses for every reason that the tour is about', () => {
    const codes = new Set(STEPS.map(({ promise }) => promise.code))
    for (const code of [
      'missing_token',
      'undesignated',
      'wrong_designation',
      'expired',
      'revoked',
      'invalid_signature',
    ]) {
      expect(codes).toContain(code)
    }
  })

  it('fits in 100 columns, and has no colours when nobody looks', async () => {
    const { stdout, lines } = await runProcess({ CI: 'true' })
    expect(stdout).not.toContain(ANSI)
    expect(lines.filter((line) => line.length > 100)).toEqual([])
  })

  it('has colours when they are forced, but not against NO_COLOR', async () => {
    expect((await runProcess({ FORCE_COLOR: '1' })).stdout).toContain(ANSI)
    expect((await runProcess({ FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain(ANSI)
  })
})

describe('a promise that is not kept', () => {
  it('is named, whether status or code differ, and the exit code is 1', async () => {
    for (const promise of [{ status: 200 }, { status: 403, code: 'expired' }]) {
      const { code, lines } = await runWithPromise(promise, 'GET /globex/invoices/1001')
      expect(code).toBe(1)
      expect(lines).toContainEqual(
        expect.stringMatching(/^ {2}✗ the same for the tenant globex +GET .* 403 wrong_designation /),
      )
      expect(lines).toContain(`    not as promised: ${promise.status} ${promise.code ?? 'OK'}`)
      expect(lines).toContainEqual(expect.stringMatching(/^✗ 14 of 15 answers are as promised/))
    }
  })
})

describe('the service process', () => {
  /** Starts the service from a process that then waits for ever, or does what `after` says. */
  async function startHolder(after: string): Promise<{ holder: ChildProcess; url: string }> {
    const script = `
      import { generateKeyPair } from '@writ/core'
      import { exitOnSignals } from '${new URL('exit-on-signals.js', DIST)}'
      import { startBilling } from '${new URL('start-billing.js', DIST)}'
      exitOnSignals()
      const { publicKey } = await generateKeyPair()
      const { url } = await startBilling(publicKey)
      console.log(url)
      ${after}`
    const holder = startNode(['--input-type=module', '--eval', script])
    const [url] = (await once(createInterface(holder.stdout), 'line')) as [string]
    return { holder, url }
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends when the demo is ended by %s', async (signal, code) => {
    const { holder, url } = await startHolder('setInterval(() => {}, 1000)')
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    holder.kill(signal)
    expect(await once(holder, 'close')).toEqual([code, null])
    await untilGone(url)
  })

  it('ends when the demo fails', async () => {
    const { holder, url } = await startHolder("throw new Error('the demo failed')")
    expect(await once(holder, 'close')).toEqual([1, null])
    await untilGone(url)
  })

  it('says itself why it does not start', async () => {
    await expect(startBilling('ed25519/00')).rejects.toThrow(/^the billing service did not start: billing: keys: /)
  })

  it('is not left behind when a step cannot be taken', async () => {
    const sections: Section[] = [{ title: '', steps: [{ tried: '', request: 'G@T /', promise: { status: 200 } }] }]
    const lines: string[] = []
    await expect(runDemo(sections, (line) => lines.push(line))).rejects.toThrow(/^a step could not be taken/)
    await untilGone(/http:\S+\d/.exec(stripVTControlCharacters(lines.join(' ')))?.[0] ?? '')
  })
})
