import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { findSecrets, type Job, type JobEnd, type Run, type StartOptions, startRun } from '../src/index.ts'
import { countGuards, isAlive } from './support/is-alive.ts'
import { startAuthority, type TestAuthority } from './support/start-authority.ts'

vi.setConfig({ testTimeout: 30_000 })

const JOB = fileURLToPath(new URL('support/job-process.ts', import.meta.url))

async function start(): Promise<{ authority: TestAuthority; run: Run; job: Job }> {
  const authority = await startAuthority()
  const client = authority.clientOf('ci:acme')
  const run = await startRun({ client, keys: authority.keys, identity: await client.identity() })
  onTestFinished(async () => {
    await run.end()
    client.close()
  })
  return { authority, run, job: await run.job('test', { expiresIn: '1m' }) }
}

interface Ran extends JobEnd {
  readonly lines: readonly string[]
}

async function runJob(job: Job, args: readonly string[], options: StartOptions = {}): Promise<Ran> {
  const lines: string[] = []
  const started = job.start(process.execPath, ['--no-warnings', JOB, ...args], {
    output: (line) => void lines.push(line),
    ...options,
  })
  return { ...(await started.ended), lines }
}

/** Starts a job, and waits for its first line. */
async function startAndHear(job: Job, args: readonly string[]) {
  const heard = Promise.withResolvers<string>()
  const started = job.start(process.execPath, ['--no-warnings', JOB, ...args], { output: heard.resolve })
  return { started, line: await heard.promise }
}

// Windows has no signals: it ends a process at once.
describe.skipIf(process.platform === 'win32')('a process of a job', () => {
  it.each(['environment', 'descriptor'] as const)('exchanges the identity of its %s for a capability', async (by) => {
    const { authority, job } = await start()
    const environment = { ...process.env, WRIT_AUTHORITY_URL: authority.url, WRIT_PUBLIC_KEY: authority.keys }
    const ran = await runJob(job, ['mint', 'reports', 'write'], { identity: by, environment })
    expect(ran).toMatchObject({ outcome: 'succeeded', exitCode: 0, signal: undefined })
    expect(ran.lines.map((line) => JSON.parse(line))).toEqual([{ subject: job.subject }])
    expect(await job.ended).toBe('succeeded')
  })

  it('has nothing of others in its environment, and no token among its arguments', async () => {
    const { run, job } = await start()
    const other = await run.job('deploy')
    const environment = {
      PATH: process.env['PATH'],
      HOME: '/home/alice',
      WRIT_IDENTITY: other.identity(),
      WRIT_SECRET: 'enrolment',
      WRIT_PRIVATE_KEY: `ed25519-private/${'ab'.repeat(32)}`,
      writ_token: 'lower case',
      WRIT_AUTHORITY_URL: `https://authority.example/?token=${other.identity()}`,
      WRIT_PUBLIC_KEY: `ed25519/${'cd'.repeat(32)}`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://issuer.example',
      DEPLOY_TOKEN: `token ${other.identity()}`,
      SIGNING_KEY: '-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----',
    }
    const { lines } = await runJob(job, ['environment'], { environment, identity: 'descriptor' })
    const said = JSON.parse(lines[0] ?? '')
    const { __CF_USER_TEXT_ENCODING: _, ...seen } = said.environment
    expect(seen).toEqual({
      PATH: process.env['PATH'],
      HOME: '/home/alice',
      WRIT_PUBLIC_KEY: environment.WRIT_PUBLIC_KEY,
      WRIT_IDENTITY_FD: '3',
    })
    expect(findSecrets(JSON.stringify(said))).toEqual([])
  })

  it('has its identity in place of that of its parent', async () => {
    const { run, job } = await start()
    const parent = { WRIT_IDENTITY: (await run.job('deploy')).identity() }
    expect(job.environment(parent)).toEqual({ WRIT_IDENTITY: job.identity() })
  })

  it('leaves no token in a log: what it prints is masked', async () => {
    const { job } = await start()
    const token = job.identity()
    const { lines } = await runJob(job, ['print'])
    expect(lines.toSorted()).toEqual(['my token is [token]!', '{"lines":"\\n[token]\\n"}'].toSorted())
    expect(lines.join()).not.toContain(token.slice(0, 40))
  })

  it.each([
    ['fails with its exit code', ['7'], { outcome: 'failed', exitCode: 7, signal: undefined }],
    ['that cannot be started says why', undefined, { outcome: 'not_started', failure: 'ENOENT', exitCode: undefined }],
  ] as const)('%s, and its identity is over', async (_what, args, end) => {
    const { authority, job } = await start()
    const token = job.identity()
    const started = args === undefined ? job.start('/nowhere/at/all') : undefined
    expect(started === undefined ? await runJob(job, args ?? []) : await started.ended).toMatchObject(end)
    expect(await job.ended).toBe(end.outcome)
    await job.end('succeeded')
    expect(await authority.mint(token, 'reports', 'write')).toBe('refused_credential')
  })

  it('that is killed by -9 leaves no identity behind', async () => {
    const { authority, job } = await start()
    const token = job.identity()
    const { started } = await startAndHear(job, ['stay'])
    expect(await authority.mint(token, 'reports', 'write')).toBe('allowed')
    process.kill(started.pid as number, 'SIGKILL')
    expect(await started.ended).toMatchObject({ outcome: 'killed', signal: 'SIGKILL' })
    await job.end('killed')
    expect(await authority.mint(token, 'reports', 'write')).toBe('refused_credential')
  })

  it('that runs for longer than its identity lives is ended, also if it does not listen', async () => {
    const { run } = await start()
    const job = await run.job('test', { expiresIn: 2 })
    const { started } = await startAndHear(job, ['stay'])
    expect(await started.ended).toMatchObject({ outcome: 'timed_out', signal: 'SIGKILL' })
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(job.expiresAt - 1)
    expect(isAlive(started.pid as number)).toBe(false)
  })

  it('ends with its job, and with its run', async () => {
    const { run, job } = await start()
    const [first, second] = [await startAndHear(job, ['stay']), await startAndHear(await run.job('test'), ['stay'])]
    await job.end('failed')
    const { jobs } = await run.end()
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['failed', 'killed'])
    for (const { started } of [first, second]) {
      expect(await started.ended).toMatchObject({ signal: 'SIGKILL' })
      expect(started.kill('SIGTERM')).toBe(false)
    }
  })

  it('is watched over by a shell, which ends with it', async () => {
    const { job } = await start()
    const { started } = await startAndHear(job, ['stay'])
    const pid = started.pid as number
    await vi.waitFor(() => expect(countGuards(pid)).toBe(1))
    started.kill('SIGKILL')
    await started.ended
    await vi.waitFor(() => expect(countGuards(pid)).toBe(0))
  })

  it('leaves no process behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'writ-pipeline-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const { job } = await start()
    expect(await runJob(job, ['leave', join(folder, 'pid')])).toMatchObject({ outcome: 'succeeded' })
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'))
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false))
  })

  it('is one for each job, and never has the identity among its arguments', async () => {
    const { job } = await start()
    expect(() => job.start('echo', [`token=${job.identity()}`])).toThrow(/^args: must not hold the identity/)
    const { started } = await startAndHear(job, ['stay'])
    expect(() => job.start('echo')).toThrow(/^start: the job has a process already/)
    started.kill('SIGKILL')
    await started.ended
  })

  it.each([
    ['', [], {}, /^command: /],
    ['echo', 'all', {}, /^args: /],
    ['echo', [], { identity: 'argument' }, /^identity: /],
    ['echo', [], { output: 'log' }, /^output: /],
    ['echo', [], { shell: true }, /^shell: unknown/],
  ])('is not started for %j %j %j', async (command, args, options, message) => {
    const { job } = await start()
    expect(() => job.start(command, args as never, options as never)).toThrow(message)
  })
})
