import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Client } from '@writ/client'
import { type Job, type JobOutcome, PipelineError, type Run, type RunReport, startRun } from '@writ/pipeline'
import { STAGES, type Stage } from './stages.ts'

export interface PipelineOptions {
  /** A client whose identity is that of this run. It ends with the run. */
  readonly client: Client
  readonly keys: string
  /** What the jobs are told besides: where the authority and the depot are. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly branch: string
  /** Where the jobs work, and where their logs are. */
  readonly folder: string
  /** Default: build, test, publish and deploy. */
  readonly stages?: readonly Stage[]
  /** Called with each line that a job writes. */
  readonly onLine?: (stage: string, line: string) => void
}

/** What came of a run. */
export interface PipelineResult {
  /** By stage, in their order. `skipped`: on this branch it does not run, or what it needs did not succeed. */
  readonly outcomes: ReadonlyMap<string, JobOutcome | 'skipped'>
  readonly report: RunReport
}

const JOB_LIFE = '2m'

/** Runs a pipeline: each stage is a job with an identity of its own, as a process of its own. */
export async function runPipeline(options: PipelineOptions): Promise<PipelineResult> {
  const { client, keys, branch, folder, stages = STAGES } = options
  await mkdir(join(folder, 'logs'), { recursive: true })
  await mkdir(join(folder, 'tmp'), { recursive: true })
  const run = await startRun({ client, keys, identity: await client.identity() })
  try {
    const jobs = new Map<string, Promise<Job | undefined>>()
    for (const stage of stages) {
      const isOut = stage.only !== undefined && stage.only !== branch
      jobs.set(stage.name, isOut ? Promise.resolve(undefined) : runStage(run, stage, jobs, options))
    }
    const outcomes = await Promise.all(
      [...jobs].map(async ([name, job]) => [name, (await (await job)?.ended) ?? 'skipped'] as const),
    )
    return { outcomes: new Map(outcomes), report: await run.end() }
  } finally {
    await run.end()
    client.close()
  }
}

/** Resolves when the stage is over. */
async function runStage(
  run: Run,
  { name, script, needs }: Stage,
  jobs: ReadonlyMap<string, Promise<Job | undefined>>,
  { branch, folder, environment, onLine }: PipelineOptions,
): Promise<Job | undefined> {
  const needed = await Promise.all(needs.map(async (need) => jobs.get(need)))
  const job = await startJob(run, name, needed)
  if (job === undefined) return undefined
  const log = createWriteStream(join(folder, 'logs', `${name}.log`))
  const { ended } = job.start(process.execPath, [script], {
    cwd: folder,
    environment: { ...environment, ARTIFACT: branch === 'main' ? 'web' : 'web-branch', TMPDIR: join(folder, 'tmp') },
    identity: 'descriptor',
    output: (line) => {
      log.write(`${line}\n`)
      onLine?.(name, line)
    },
  })
  await ended
  await closed(log)
  return job
}

async function startJob(run: Run, name: string, needed: readonly (Job | undefined)[]): Promise<Job | undefined> {
  const needs = needed.filter((job) => job !== undefined)
  if (needs.length < needed.length) return undefined
  try {
    return await run.job(name, { expiresIn: JOB_LIFE, needs })
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'needs_unmet') return undefined
    throw error
  }
}

async function closed(log: WriteStream): Promise<void> {
  log.end()
  await finished(log)
}
