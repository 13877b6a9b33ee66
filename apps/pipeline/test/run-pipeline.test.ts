import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { findSecrets } from '@writ/pipeline'
import { describe, expect, it, vi } from 'vitest'
import { runPipeline } from '../src/run-pipeline.ts'
import { searchFolder } from '../src/search-folder.ts'
import { STAGES as SOURCES } from '../src/stages.ts'
import { startSystem } from './support/start-system.ts'

vi.setConfig({ testTimeout: 60_000 })

/** The stages as they are built: a process of its own runs what is published. */
const STAGES = SOURCES.map((stage) => ({ ...stage, script: stage.script.replace('/src/', '/dist/') }))
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

async function run(options: { branch?: string; subject?: string; stages?: typeof STAGES } = {}) {
  const { branch = 'main', subject = 'ci:acme:main', stages = STAGES } = options
  const system = await startSystem()
  const folder = join(system.folder, 'run')
  const { keys, environment } = system
  const result = await runPipeline({ client: system.clientOf(subject), keys, environment, branch, folder, stages })
  const logOf = (stage: string) => readFile(join(folder, 'logs', `${stage}.log`), 'utf8')
  return { ...result, system, folder, logOf }
}

describe.skipIf(process.platform === 'win32')('a pipeline', () => {
  it('builds, tests, publishes and deploys on main, each job as itself', async () => {
    const { outcomes, report, system, folder, logOf } = await run()
    expect([...outcomes]).toEqual(['build', 'test', 'publish', 'deploy'].map((stage) => [stage, 'succeeded']))
    const published = (await (await fetch(`${system.depot}/packages/web`)).json()) as { publishedBy: string }
    expect(published.publishedBy).toBe(report.jobs[2]?.subject)
    expect(report.jobs.map(({ subject }) => subject.replace(/:[0-9a-f]{16}-/, ':#'))).toEqual([
      'ci:acme:main:build:#1',
      'ci:acme:main:test:#2',
      'ci:acme:main:publish:#3',
      'ci:acme:main:deploy:#4',
    ])
    expect(report.late).toEqual([])
    expect(await logOf('deploy')).toMatch(/^deployed web, with the key [0-9a-f]{8}\n$/)
    expect(await searchFolder(folder)).toEqual({ files: 4, found: [] })
    expect((await searchFolder(join(system.folder, 'authority'))).found).toEqual([])
    expect(findSecrets(JSON.stringify(system.decisions))).toEqual([])
  })

  it('only builds and tests on a branch', async () => {
    const { outcomes, system } = await run({ branch: 'feature', subject: 'ci:acme:branch' })
    expect([...outcomes.values()]).toEqual(['succeeded', 'succeeded', 'skipped', 'skipped'])
    expect((await fetch(`${system.depot}/packages/web`)).status).toBe(404)
  })

  it('on a branch whose runner believes that it is main publishes and deploys nothing, and changes nothing of main', async () => {
    const { outcomes, system, logOf } = await run({ branch: 'main', subject: 'ci:acme:branch' })
    expect([...outcomes.values()]).toEqual(['failed', 'skipped', 'skipped', 'skipped'])
    expect(await logOf('build')).toContain('403')
    expect(system.decisions).toMatchObject([{ code: 'wrong_designation' }])
  })

  it('starts nothing that needs a job which has failed', async () => {
    const system = await startSystem()
    const script = join(system.folder, 'fails.mjs')
    await writeFile(script, 'console.log("no")\nprocess.exitCode = 1\n')
    const stages = STAGES.map((stage) => (stage.name === 'test' ? { ...stage, script } : stage))
    const { keys, environment } = system
    const folder = join(system.folder, 'run')
    const options = { client: system.clientOf('ci:acme:main'), keys, environment, branch: 'main', folder, stages }
    const { outcomes } = await runPipeline(options)
    expect([...outcomes.values()]).toEqual(['succeeded', 'failed', 'skipped', 'skipped'])
  })
})

describe.skipIf(process.platform === 'win32')('the runner as a process', () => {
  const start = (environment: Readonly<Record<string, string | undefined>>) => {
    const child = spawn(process.execPath, [MAIN], { env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    const written = Promise.all([text(child.stdout), text(child.stderr)])
    return once(child, 'close').then(async ([exitCode]) => ({ exitCode, written: await written }))
  }

  it('says what came of each job, ends with 0, and leaves nothing in its folder, its log or its environment', async () => {
    const { environment, enrol } = await startSystem()
    const leftOf = () => readdirSync(tmpdir()).filter((name) => name.startsWith('pipeline-'))
    const before = new Set(leftOf())
    const { exitCode, written } = await start({
      ...environment,
      WRIT_SECRET: await enrol('ci:acme:main'),
      BRANCH: 'main',
    })
    const [stdout, stderr] = written
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('test | tested web\n')
    expect(stdout.trimEnd().split('\n').slice(-4)).toEqual([
      'build: succeeded',
      'test: succeeded',
      'publish: succeeded',
      'deploy: succeeded',
    ])
    expect(findSecrets(stdout)).toEqual([])
    expect(leftOf().filter((name) => !before.has(name))).toEqual([])
  })

  it('ends with 1 if it has no identity, or a job fails', async () => {
    const { environment, enrol } = await startSystem()
    const nobody = await start({ ...environment, BRANCH: 'main' })
    expect(nobody).toMatchObject({ exitCode: 1, written: ['', expect.stringMatching(/^pipeline: WRIT_SECRET: /)] })
    const branch = await start({ ...environment, BRANCH: 'main', WRIT_SECRET: await enrol('ci:acme:branch') })
    expect(branch).toMatchObject({ exitCode: 1, written: [expect.stringContaining('build: failed'), ''] })
  })
})
