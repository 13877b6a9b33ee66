import { setTimeout } from 'node:timers/promises'
import { findSecrets } from '@writ/pipeline'
import { searchFolder } from '../search-folder.ts'
import { isOver } from './is-over.ts'
import { type Runs, startRuns } from './start-runs.ts'
import { type System, startSystem } from './start-system.ts'
import { startThief } from './start-thief.ts'
import { judge, type Teller, type Trial } from './trial.ts'

/** A chapter of the demo. */
export interface Chapter {
  /** Whether everything came as it was promised. */
  readonly kept: boolean
  readonly trials: readonly Trial[]
}

const WAIT_MS = 50
const MOST_WAITS = 100

/**
 * Tells of a pipeline whose jobs have identities of their own: a run on main, a run whose tests were taken over, runs on a branch;
 * then every token that was copied meanwhile is tried, and everything is searched for tokens. It starts processes of its own,
 * and leaves nothing behind.
 *
 * @param teller - Hears of each scene and trial as soon as it is known. Default: nobody.
 */
export async function tellPipeline(teller?: Teller): Promise<Chapter> {
  const system = await startSystem()
  let usedAtOnce = 0
  const thief = await startThief(async (token) => {
    if (!(await isOver(token, system))) usedAtOnce += 1
  })
  const trials: Trial[] = []
  const tell = (trial: Omit<Trial, 'kept'>) => {
    trials.push(judge(trial))
    teller?.told(judge(trial))
  }
  try {
    const runs = startRuns(system, thief.url)
    teller?.scene('A pipeline on main. Each job speaks as itself, asks for what it needs, and is over when it ends.')
    await onMain(runs, tell)
    teller?.scene('Somebody takes the tests over. They can do what test can, for as long as test runs.')
    for (const attempt of await runs.takenOver()) tell(attempt)
    teller?.scene('On another branch nobody deploys.')
    await onBranch(runs, tell)
    teller?.scene('A poisoned dependency in every job has copied each token that was presented.')
    const copied = thief.tokens.size
    const atOnce = copied > 0 && usedAtOnce === copied ? undefined : 'not_all'
    tell({
      tried: `${copied} copies are used while their jobs run`,
      at: 'depot',
      because: 'whoever bears a token may use it',
      code: atOnce,
    })
    const over = await areOver(thief.tokens, system)
    tell({
      tried: `${copied} copies are used after the runs`,
      at: 'depot',
      because: 'each ended with its job or its run',
      promised: 'over',
      code: over ? 'over' : undefined,
    })
    const { because, found } = await search(system, await system.stop(), runs.lines)
    const code = found ? undefined : 'nothing_found'
    tell({ tried: 'everything is searched for tokens', at: 'machine', because, promised: 'nothing_found', code })
    return { kept: trials.every(({ kept }) => kept), trials }
  } finally {
    await system.stop()
    system.remove()
    thief.close()
  }
}

type Tell = (trial: Omit<Trial, 'kept'>) => void

async function onMain(runs: Runs, tell: Tell): Promise<void> {
  const outcomes = await runs.main()
  for (const [stage, what] of [
    ['build', 'writes the artifact'],
    ['test', 'reads the artifact'],
    ['publish', 'publishes the package'],
    ['deploy', 'reads the deploy key'],
  ] as const) {
    const outcome = outcomes.get(stage)
    const because = `it speaks as ci:acme:main:${stage}`
    tell({ tried: `${stage} ${what}`, at: 'depot', because, code: outcome === 'succeeded' ? undefined : outcome })
  }
}

async function onBranch(runs: Runs, tell: Tell): Promise<void> {
  const outcome = (await runs.branch()).get('deploy')
  tell({
    tried: 'the runner comes to deploy',
    at: 'runner',
    because: 'it starts that on main alone',
    promised: 'skipped',
    code: outcome === 'succeeded' ? undefined : outcome,
  })
  tell({
    tried: 'a runner that was changed deploys',
    at: 'authority',
    because: 'the policy knows no deploy below ci:acme:branch',
    promised: 'unknown_subject',
    code: await runs.forcedDeploy(),
  })
}

/** The depot hears of revocations within a second. */
async function areOver(tokens: ReadonlySet<string>, system: System): Promise<boolean> {
  let working = [...tokens]
  for (let waits = 0; working.length > 0 && waits < MOST_WAITS; waits++) {
    if (waits > 0) await setTimeout(WAIT_MS)
    const over = await Promise.all(working.map((token) => isOver(token, system)))
    working = working.filter((_, index) => !over[index])
  }
  return working.length === 0
}

async function search({ folder }: System, logs: string, lines: readonly string[]) {
  const { files, found } = await searchFolder(folder)
  const texts = [logs, lines.join('\n'), JSON.stringify(process.env)]
  const written = texts.join('\n').split('\n').length
  return {
    because: `${files} files, ${written} lines of logs and the environment have none`,
    found: found.length > 0 || texts.some((text) => findSecrets(text).length > 0),
  }
}
