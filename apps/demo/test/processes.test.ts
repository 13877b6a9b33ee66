import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { runDemo } from '../src/run-demo.ts'
import type { Section } from '../src/step.ts'
import { SECTIONS } from '../src/steps.ts'
import { startAuthority } from '../src/system/start-authority.ts'
import { startSystem } from '../src/system/start-system.ts'
import { childrenOf, isRunning, PROCESSES, untilGone, urlsIn } from './support/processes.ts'
import { DEMO, DIST, keepLines, startNode as startProcess } from './support/run-process.ts'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 60_000 })
/** Services take seconds to start. Each look is a process too. */
const STARTS = { interval: 25, timeout: 30_000 }

function startNode(args: readonly string[], env?: Readonly<Record<string, string>>) {
  const started = startProcess(args, env)
  onTestFinished(() => void started.kill('SIGKILL'))
  return started
}

/** Kills one of the services that this process has started. */
function kill(service: string): void {
  const found = childrenOf(process.pid).find(({ command }) => command.includes(`${service}/dist/main.js`))
  process.kill(found?.pid ?? Number.NaN, 'SIGKILL')
}

const NOT_WARM = { warmUps: 0 }

function oneStep(step: Partial<Section['steps'][number]>): Section[] {
  const usual = { tried: '', because: '', at: 'gateway', request: 'GET /', promise: { status: 200 } } as const
  return [{ title: '', steps: [{ ...usual, ...step }] }]
}

// Each of these starts a whole system. `npm run check -- --full` sets it, and runs all of them.
const LONG = process.env['WRIT_LONG'] === '1'
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const

describe('the processes', () => {
  /** Starts all of them from a process that then waits for ever, or does what `after` says. */
  async function startHolder(after: string): Promise<{ holder: ChildProcess; urls: string[] }> {
    const script = `
      import { exitOnSignals } from '${new URL('exit-on-signals.js', DIST)}'
      import { startAuthority } from '${new URL('system/start-authority.js', DIST)}'
      import { startSystem } from '${new URL('system/start-system.js', DIST)}'
      exitOnSignals()
      const { urls } = await startSystem(await startAuthority())
      console.log(JSON.stringify(Object.values(urls)))
      ${after}`
    const holder = startNode(['--input-type=module', '--eval', script])
    const [urls] = (await once(createInterface(holder.stdout), 'line')) as [string]
    return { holder, urls: JSON.parse(urls) }
  }

  it.each(SIGNALS.filter(([signal]) => LONG || signal === 'SIGINT'))(
    'end when the demo is ended by %s',
    async (signal, code) => {
      const { holder, urls } = await startHolder('setInterval(() => {}, 1000)')
      expect(urls).toHaveLength(PROCESSES)
      for (const url of urls) expect((await fetch(`${url}/healthz`)).status).toBe(200)
      holder.kill(signal)
      expect(await once(holder, 'close')).toEqual([code, null])
      await untilGone(urls)
    },
  )

  it.runIf(LONG)('end when the demo is interrupted while they start', async () => {
    const demo = startNode([DEMO])
    const pid = demo.pid ?? 0
    await expect.poll(() => childrenOf(pid).length, STARTS).toBeGreaterThan(0)
    const children = childrenOf(pid)
    demo.kill('SIGINT')
    expect(await once(demo, 'close')).toEqual([130, null])
    const left = () => children.filter(({ pid }) => isRunning(pid))
    await expect.poll(left, { timeout: 10_000 }).toEqual([])
  })

  it.runIf(LONG)('end, without a stack, when nobody reads the output any more', async () => {
    const demo = startNode([DEMO])
    const stderr = text(demo.stderr)
    await once(demo.stdout, 'data')
    demo.stdout.destroy()
    expect([await once(demo, 'exit'), await stderr]).toEqual([[1, null], ''])
  })

  it.runIf(LONG)('end when the demo fails', async () => {
    const { holder, urls } = await startHolder("throw new Error('the demo failed')")
    expect(await once(holder, 'close')).toEqual([1, null])
    await untilGone(urls)
  })

  it.runIf(LONG)('end when a step cannot be taken, which is the error', async () => {
    const { page, lines } = keepLines()
    await expect(runDemo(oneStep({ request: 'G@T /' }), page, NOT_WARM)).rejects.toThrow(/G@T/)
    await untilGone(urlsIn(lines))
  })
})

describe('npm run demo -- --keep', () => {
  it('leaves the system running, with a curl that works, until SIGINT ends all of it', async () => {
    const demo = startNode([DEMO, '--keep'], { FORCE_COLOR: '1', NO_COLOR: '1', COLUMNS: '72' })
    const lines: string[] = []
    const printed = createInterface(demo.stdout)
    printed.on('line', (line) => lines.push(line))
    await expect.poll(() => lines.at(-1), { timeout: 30_000 }).toBe('Ctrl-C stops everything.')
    const all = lines.join('\n')
    expect(all).not.toContain('\u001b[')
    expect(all).not.toMatch(/[\w-]{60,}/)
    expect(lines.filter((line) => line.length > 72)).toEqual([])
    expect(all).toContain(' requests passed, ')

    const command = /^ {2}(curl -i -H @\S+ \\\n {4}http:\S+)$/m.exec(all)?.[1] ?? ''
    const run = (text: string) => execFileSync('sh', ['-c', `${text} --silent`], { encoding: 'utf8' })
    expect(run(command)).toMatch(/^HTTP\/1\.1 200 OK.*"id":"o-1"/s)
    expect(run(command.replace('o-1', 'o-2'))).toMatch(/^HTTP\/1\.1 403 .*wrong_designation/s)
    expect(run(command.replace('/acme/', '/globex/'))).toMatch(/^HTTP\/1\.1 403 .*wrong_designation/s)
    const [file = ''] = /(?<=@)\S+/.exec(command) ?? []
    expect(statSync(file).mode & 0o77).toBe(0)

    const children = childrenOf(demo.pid ?? 0)
    expect(children).toHaveLength(PROCESSES)
    demo.kill('SIGINT')
    expect(await once(demo, 'close')).toEqual([0, null])
    expect(children.filter(({ pid }) => isRunning(pid))).toEqual([])
    expect(lines.at(-1)).toBe('The services are stopped.')
    await untilGone(urlsIn(lines))
    expect(existsSync(dirname(file))).toBe(false)
  })
})

describe('a service that ends early', () => {
  it('says itself why it does not start, and the others end', async () => {
    const authority = await startAuthority()
    const withoutSecrets = { ...authority, enrol: async () => '' }
    await expect(startSystem(withoutSecrets)).rejects.toThrow(
      /^gateway: the service did not start \(exit code 1\): gateway: WRIT_SECRET: must be an enrolment secret of service:gateway\n/,
    )
    expect(childrenOf(process.pid).filter(({ command }) => command.includes('dist/main.js'))).toEqual([])
  })

  it.runIf(LONG)('ends the demo with one plain line and 1', async () => {
    const demo = startNode([DEMO])
    const stderr = text(demo.stderr)
    const billing = () => childrenOf(demo.pid ?? 0).find(({ command }) => command.includes('billing/dist/main.js'))
    await expect.poll(billing, STARTS).toBeDefined()
    process.kill(billing()?.pid ?? Number.NaN, 'SIGKILL')
    expect(await once(demo, 'close')).toEqual([1, null])
    expect(await stderr).toMatch(
      /^✗ billing(?:: the service did not start| ended before the demo did) \(SIGKILL\).*\n+$/,
    )
  })

  it.each(LONG ? ['gateway', 'billing'] : ['billing'])(
    'is named when it is %s that was killed half-way',
    async (service) => {
      const { page, lines } = keepLines()
      const write = (line: string) => {
        page.write(line)
        if (line.includes('alice of acme signs in')) kill(service)
      }
      const run = runDemo(SECTIONS, { ...page, write }, NOT_WARM)
      await expect(run).rejects.toThrow(new RegExp(`^${service} ended before the demo did \\(SIGKILL\\)`))
      await untilGone(urlsIn(lines))
    },
  )
})
