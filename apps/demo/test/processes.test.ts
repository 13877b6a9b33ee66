import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { generateKeyPair } from '@writ/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createTokens } from '../src/create-tokens.ts'
import { runDemo } from '../src/run-demo.ts'
import { startSystem } from '../src/start-system.ts'
import { SERVICES, type Section } from '../src/step.ts'
import { SECTIONS } from '../src/steps.ts'
import { DEMO, DIST, keepLines, startNode as startProcess } from './support/run-process.ts'

// Whole processes start here, perhaps on a machine with much else to do.
vi.setConfig({ testTimeout: 30_000 })

function startNode(args: readonly string[], env?: Readonly<Record<string, string>>) {
  const started = startProcess(args, env)
  onTestFinished(() => void started.kill('SIGKILL'))
  return started
}

/** Resolves when nothing answers at any of the URLs any more. */
async function untilGone(urls: readonly string[]): Promise<void> {
  expect(urls).toHaveLength(SERVICES.length)
  for (const url of urls) {
    const answer = () =>
      fetch(url).then(
        () => 'answers',
        () => 'gone',
      )
    await expect.poll(answer, { timeout: 10_000 }).toBe('gone')
  }
}

/** The processes that this one, or the one with the given id, has started: `{ pid, command }`. */
function childrenOf(parent: number): { pid: number; command: string }[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n')
  return rows.flatMap((row) => {
    const [, pid, ppid, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? []
    return Number(ppid) === parent ? [{ pid: Number(pid), command }] : []
  })
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

function urlsIn(lines: readonly string[]): string[] {
  return [...lines.join('\n').matchAll(/http:\S+:\d+$/gm)].map(([url]) => url)
}

describe('the processes of the services', () => {
  /** Starts the services from a process that then waits for ever, or does what `after` says. */
  async function startHolder(after: string): Promise<{ holder: ChildProcess; urls: string[] }> {
    const script = `
      import { generateKeyPair } from '@writ/core'
      import { createTokens } from '${new URL('create-tokens.js', DIST)}'
      import { exitOnSignals } from '${new URL('exit-on-signals.js', DIST)}'
      import { startSystem } from '${new URL('start-system.js', DIST)}'
      exitOnSignals()
      const keys = await generateKeyPair()
      const { urls } = await startSystem(keys.publicKey, await createTokens(keys))
      console.log(JSON.stringify(Object.values(urls)))
      ${after}`
    const holder = startNode(['--input-type=module', '--eval', script])
    const [urls] = (await once(createInterface(holder.stdout), 'line')) as [string]
    return { holder, urls: JSON.parse(urls) }
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('end when the demo is ended by %s', async (signal, code) => {
    const { holder, urls } = await startHolder('setInterval(() => {}, 1000)')
    for (const url of urls) expect((await fetch(`${url}/healthz`)).status).toBe(200)
    holder.kill(signal)
    expect(await once(holder, 'close')).toEqual([code, null])
    await untilGone(urls)
  })

  it('end when the demo is interrupted while they start', async () => {
    const demo = startNode([DEMO])
    const pid = demo.pid ?? 0
    await expect.poll(() => childrenOf(pid).length, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0)
    const children = childrenOf(pid)
    demo.kill('SIGINT')
    expect(await once(demo, 'close')).toEqual([130, null])
    const left = () => children.filter(({ pid }) => isRunning(pid))
    await expect.poll(left, { timeout: 10_000 }).toEqual([])
  })

  it('end when the demo fails', async () => {
    const { holder, urls } = await startHolder("throw new Error('the demo failed')")
    expect(await once(holder, 'close')).toEqual([1, null])
    await untilGone(urls)
  })

  it('end with the demo, and with a broken promise', async () => {
    // All the steps are another test's.
    for (const [status, expected] of [
      [404, 0],
      [200, 1],
    ] as const) {
      const { page, lines } = keepLines()
      expect(await runDemo(oneStep({ request: 'GET /', promise: { status } }), page, NOT_WARM)).toBe(expected)
      await untilGone(urlsIn(lines))
    }
    expect(childrenOf(process.pid).filter(({ command }) => command.includes('dist/main.js'))).toEqual([])
  })

  it('end when a step cannot be taken, which is the error', async () => {
    const { page, lines } = keepLines()
    await expect(runDemo(oneStep({ request: 'G@T /' }), page, NOT_WARM)).rejects.toThrow(/G@T/)
    await untilGone(urlsIn(lines))
  })
})

describe('npm run demo -- --keep', () => {
  it.each([
    ['SIGINT', { FORCE_COLOR: '1', NO_COLOR: '1' }],
    ['SIGTERM', { COLUMNS: '72' }],
  ] as const)('leaves the system running, with a curl that works, until %s ends all of it', async (signal, env) => {
    const demo = startNode([DEMO, '--keep'], env)
    const lines: string[] = []
    for await (const line of createInterface(demo.stdout)) {
      lines.push(line)
      if (line === 'Ctrl-C stops everything.') break
    }
    const all = lines.join('\n')
    expect(all).not.toContain('\u001b[')
    expect(all).not.toMatch(/[\w-]{60,}/)
    expect(lines.filter((line) => line.length > Number('COLUMNS' in env ? env.COLUMNS : 80))).toEqual([])
    expect(all).toContain(' requests passed, ')

    const command = /^ {2}(curl -i -H @\S+ \\\n {4}http:\S+)$/m.exec(all)?.[1] ?? ''
    const run = (text: string) => execFileSync('sh', ['-c', `${text} --silent`], { encoding: 'utf8' })
    expect(run(command)).toMatch(/^HTTP\/1\.1 200 OK.*"id":"o-1"/s)
    expect(run(command.replace('o-1', 'o-2'))).toMatch(/^HTTP\/1\.1 403 .*wrong_designation/s)
    expect(run(command.replace('/acme/', '/globex/'))).toMatch(/^HTTP\/1\.1 403 .*wrong_designation/s)
    const [file = ''] = /(?<=@)\S+/.exec(command) ?? []
    expect(statSync(file).mode & 0o77).toBe(0)

    const children = childrenOf(demo.pid ?? 0)
    expect(children).toHaveLength(SERVICES.length)
    demo.kill(signal)
    expect(await once(demo, 'close')).toEqual([0, null])
    expect(children.filter(({ pid }) => isRunning(pid))).toEqual([])
    await untilGone(urlsIn(lines).slice(0, SERVICES.length))
    expect(existsSync(dirname(file))).toBe(false)
  })
})

describe('a service that ends early', () => {
  it('says itself why it does not start, and the others end', async () => {
    const tokens = await createTokens(await generateKeyPair())
    tokens.set('ordersRead', '')
    const { publicKey } = await generateKeyPair()
    await expect(startSystem(publicKey, tokens)).rejects.toThrow(
      /^gateway: the service did not start \(exit code 1\): gateway: ORDERS_READ_TOKEN: must be a capability to read orders$/,
    )
    expect(childrenOf(process.pid).filter(({ command }) => command.includes('dist/main.js'))).toEqual([])
  })

  it('ends the demo with one plain line and 1', async () => {
    const demo = startNode([DEMO])
    const stderr = text(demo.stderr)
    const billing = () => childrenOf(demo.pid ?? 0).find(({ command }) => command.includes('billing/dist/main.js'))
    await expect.poll(billing, { interval: 5, timeout: 10_000 }).toBeDefined()
    process.kill(billing()?.pid ?? Number.NaN, 'SIGKILL')
    expect(await once(demo, 'close')).toEqual([1, null])
    expect(await stderr).toMatch(
      /^✗ billing(?:: the service did not start| ended before the demo did) \(SIGKILL\).*\n+$/,
    )
  })

  it.each(['gateway', 'billing'])('is named when it is %s that was killed half-way', async (service) => {
    const { page, lines } = keepLines()
    const write = (line: string) => {
      page.write(line)
      if (line.includes('alice of acme signs in')) kill(service)
    }
    const run = runDemo(SECTIONS, { ...page, write }, NOT_WARM)
    await expect(run).rejects.toThrow(new RegExp(`^${service} ended before the demo did \\(SIGKILL\\)`))
    await untilGone(urlsIn(lines))
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
