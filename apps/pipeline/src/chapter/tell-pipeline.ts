import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findSecrets } from '@writ/pipeline'
import { ATTEMPT, type Attempt } from '../attack/attempt.ts'
import { runPipeline } from '../run-pipeline.ts'
import { searchFolder } from '../search-folder.ts'
import { STAGES, type Stage } from '../stages.ts'
import { isOver } from './is-over.ts'
import { type System, startSystem } from './start-system.ts'
import { startThief, type Thief } from './start-thief.ts'
import { isStopped, passes, type Trial } from './trial.ts'

/** A chapter of the demo. */
export interface Chapter {
  /** Whether everything came as it was promised. */
  readonly kept: boolean
  readonly trials: readonly Trial[]
}

const COPY = new URL('../attack/copy-tokens.js', import.meta.url).href
const COMPROMISED = fileURLToPath(new URL('../attack/compromised-test.js', import.meta.url))
const UNKNOWN = 'the policy knows no deploy below ci:acme:branch'
const WAIT_MS = 50
const MOST_WAITS = 100

/**
 * Tells of a pipeline whose jobs have identities of their own: a run on main, a run whose test was taken over, a run on a branch;
 * then every token that was copied meanwhile is tried, and everything is searched for tokens. It starts processes of its own,
 * and leaves nothing behind.
 *
 * @param write - Gets each trial as soon as it is known.
 */
export async function tellPipeline(write: (trial: Trial) => void = () => undefined): Promise<Chapter> {
  const system = await startSystem()
  let usedAtOnce = 0
  const thief = await startThief(async (token) => {
    if (!(await isOver(token, system))) usedAtOnce += 1
  })
  const trials: Trial[] = []
  const tell = (trial: Trial) => {
    trials.push(trial)
    write(trial)
  }
  try {
    const lines = await runAll(system, thief, tell)
    const copied = thief.tokens.size
    const atOnce = copied > 0 && usedAtOnce === copied
    tell(
      passes(`while its job runs, each of ${copied} copied tokens is used`, 'a token is good for its bearer', atOnce),
    )
    await tryStolen(system, thief, tell)
    const logs = await system.stop()
    const found = [...(await searchFolder(system.folder)), ...findSecrets(lines.join('\n') + logs)]
    const files = readdirSync(system.folder, { recursive: true }).length
    const because = `${files} files, ${lines.length} lines, the environment: there is none`
    found.push(...findSecrets(JSON.stringify(process.env)))
    tell(isStopped('tokens are looked for on disk and in logs', found.length === 0 ? because : undefined))
    return { kept: trials.every(({ kept }) => kept), trials }
  } finally {
    await system.stop()
    system.remove()
    thief.close()
  }
}

/** The three runs. A poisoned dependency in every job copies each token that the job presents. Returns all lines of the jobs. */
async function runAll(system: System, thief: Thief, tell: (trial: Trial) => void): Promise<readonly string[]> {
  const lines: string[] = []
  const run = (name: string, branch: string, subject: string, stages: readonly Stage[] = STAGES) =>
    runPipeline({
      client: system.clientOf(subject),
      keys: system.keys,
      environment: {
        PATH: process.env['PATH'],
        WRIT_AUTHORITY_URL: system.url,
        WRIT_PUBLIC_KEY: system.keys,
        DEPOT_URL: system.depot,
        THIEF_URL: thief.url,
        NODE_OPTIONS: `--import=${COPY}`,
      },
      branch,
      folder: join(system.folder, name),
      stages,
      onLine: (_stage, line) => void lines.push(line),
    })

  for (const [stage, outcome] of (await run('main', 'main', 'ci:acme:main')).outcomes) {
    tell(passes(`on main, ${stage} runs`, `it speaks as ci:acme:main:${stage}`, outcome === 'succeeded'))
  }
  const seen = lines.length
  const taken = STAGES.map((stage) => (stage.name === 'test' ? { ...stage, script: COMPROMISED } : stage)).slice(0, 2)
  await run('taken-over', 'main', 'ci:acme:main', taken)
  const attempts = lines.slice(seen).filter((line) => line.startsWith(ATTEMPT))
  for (const line of attempts) {
    const { tried, stopped } = JSON.parse(line.slice(ATTEMPT.length)) as Attempt
    tell(isStopped(`test, taken over, ${tried}`, stopped))
  }
  const branch = await run('branch', 'feature', 'ci:acme:branch')
  tell(
    isStopped(
      'on a branch, deploy runs',
      branch.outcomes.get('deploy') === 'skipped' ? 'it is not started' : undefined,
    ),
  )
  const deploy = STAGES.filter(({ name }) => name === 'deploy').map(({ name, script }) => ({ name, script, needs: [] }))
  const before = lines.length
  const forced = await run('forced', 'feature', 'ci:acme:branch', deploy)
  const isUnknown = lines.slice(before).some((line) => line.includes('unknown_subject'))
  const because = forced.outcomes.get('deploy') === 'failed' && isUnknown ? UNKNOWN : undefined
  tell(isStopped('on a branch, a runner that starts it anyway deploys', because))
  return lines
}

/** The depot hears of revocations within a second. */
async function tryStolen(system: System, { tokens }: Thief, tell: (trial: Trial) => void): Promise<void> {
  let working = [...tokens]
  for (let waits = 0; working.length > 0 && waits < MOST_WAITS; waits++) {
    if (waits > 0) await setTimeout(WAIT_MS)
    const over = await Promise.all(working.map((token) => isOver(token, system)))
    working = working.filter((_, index) => !over[index])
  }
  const because = working.length === 0 ? 'they ended with their jobs and runs' : undefined
  tell(isStopped(`after the runs, each of ${tokens.size} copied tokens is used`, because))
}
