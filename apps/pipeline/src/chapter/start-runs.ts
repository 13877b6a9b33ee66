import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ATTEMPT, type Attempt } from '../attack/attempt.ts'
import { type PipelineResult, runPipeline } from '../run-pipeline.ts'
import { STAGES, type Stage } from '../stages.ts'
import type { System } from './start-system.ts'

/** The runs of the chapter, in the order in which they are made. */
export interface Runs {
  /** What all jobs have written. */
  readonly lines: readonly string[]
  main(): Promise<PipelineResult['outcomes']>
  /** A run on main whose tests were taken over. */
  takenOver(): Promise<readonly (Attempt & { readonly code: string | undefined })[]>
  branch(): Promise<PipelineResult['outcomes']>
  /** Deploys on a branch. The code with which that was stopped. */
  forcedDeploy(): Promise<string | undefined>
}

const COPY = new URL('../attack/copy-tokens.js', import.meta.url).href
const COMPROMISED = fileURLToPath(new URL('../attack/compromised-test.js', import.meta.url))
const TAKEN_OVER = STAGES.slice(0, 2).map((stage) =>
  stage.name === 'test' ? { ...stage, script: COMPROMISED } : stage,
)
const DEPLOY = STAGES.filter(({ name }) => name === 'deploy').map(({ name, script }) => ({ name, script, needs: [] }))

/** @param thief - Where the poisoned dependency in every job sends each token that the job presents. */
export function startRuns(system: System, thief: string): Runs {
  const lines: string[] = []
  const environment = {
    PATH: process.env['PATH'],
    WRIT_AUTHORITY_URL: system.url,
    WRIT_PUBLIC_KEY: system.keys,
    DEPOT_URL: system.depot,
    THIEF_URL: thief,
    NODE_OPTIONS: `--import=${COPY}`,
  }

  async function run(name: string, branch: string, stages: readonly Stage[] = STAGES) {
    const before = lines.length
    const { outcomes } = await runPipeline({
      client: system.clientOf(branch === 'main' ? 'ci:acme:main' : 'ci:acme:branch'),
      keys: system.keys,
      environment,
      branch,
      folder: join(system.folder, name),
      stages,
      onLine: (_stage, line) => void lines.push(line),
    })
    return { outcomes, written: lines.slice(before) }
  }

  return {
    lines,
    main: async () => (await run('main', 'main')).outcomes,
    branch: async () => (await run('branch', 'feature')).outcomes,
    async takenOver() {
      const { written } = await run('taken-over', 'main', TAKEN_OVER)
      const attempts = written.filter((line) => line.startsWith(ATTEMPT))
      return attempts.map((line) => ({ code: undefined, ...(JSON.parse(line.slice(ATTEMPT.length)) as Attempt) }))
    },
    async forcedDeploy() {
      const { outcomes, written } = await run('forced', 'feature', DEPLOY)
      if (outcomes.get('deploy') === 'succeeded') return undefined
      return /\(refused subject (\w+)\)/.exec(written.join('\n'))?.[1] ?? 'failed'
    },
  }
}
