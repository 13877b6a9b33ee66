import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@writ/client'
import { required } from 'service-kit/node'
import { runPipeline } from './run-pipeline.ts'

/** A run, as a process: `BRANCH=main node dist/main.js`. Its identity comes from `WRIT_SECRET` or `WRIT_ASSERTION`. */
const { env } = process
const folder = await mkdtemp(join(tmpdir(), 'pipeline-'))
try {
  const url = required(env, 'WRIT_AUTHORITY_URL', 'the URL of the authority')
  const keys = required(env, 'WRIT_PUBLIC_KEY', 'the public key of the authority')
  const { WRIT_ASSERTION: assertion } = env
  const identity =
    assertion === undefined
      ? { secret: required(env, 'WRIT_SECRET', 'an enrolment secret, unless there is WRIT_ASSERTION') }
      : { assertion: () => assertion }
  const { outcomes, report } = await runPipeline({
    client: createClient({ url, keys, identity }),
    keys,
    environment: env,
    branch: required(env, 'BRANCH', 'the branch that is built'),
    folder,
    onLine: (stage, line) => console.log(`${stage} | ${line}`),
  })
  for (const [stage, outcome] of outcomes) console.log(`${stage}: ${outcome}`)
  for (const { subject, expiresAt } of report.late) console.error(`late: ${subject} is good until ${expiresAt}`)
  process.exitCode = [...outcomes.values()].every((one) => one === 'succeeded' || one === 'skipped') ? 0 : 1
} catch (error) {
  console.error(`pipeline: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
