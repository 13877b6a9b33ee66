import { randomBytes } from 'node:crypto'
import { CapabilityError, createIdentityVerifier, type VerifiedIdentity } from '@writ/core/hold'
import { checkRun } from './internal/check-options.ts'
import { RunState } from './internal/run-state.ts'
import { createTell } from './internal/tell.ts'
import type { Run, RunOptions } from './run.ts'

const ID_BYTES = 8

/**
 * Starts a run of a pipeline: proves the identity from which its jobs get theirs.
 *
 * The identity of a job is called `<identity of the run>:<name of the job>:<one that no other job has>`. So the policy knows
 * the job by an object `<identity of the run>:<name of the job>` with `subordinates = "inherit"`, and a job that has ended can
 * be kept out by its name.
 *
 * @param options - See {@link RunOptions}; `keys`, and `client` or `revocation`, are required.
 * @throws `TypeError` that starts with the name of the option that is missing, unknown or wrong; with `identity:` for one that
 *   may not be delegated. `CapabilityError` for an identity that is not good. `ClientError` if the client has none.
 *
 * @example
 * ```ts
 * import { createClient } from '@writ/client'
 * import { startRun } from '@writ/pipeline'
 *
 * const keys = process.env['WRIT_PUBLIC_KEY'] ?? ''
 * const client = createClient({
 *   url: process.env['WRIT_AUTHORITY_URL'] ?? '',
 *   keys,
 *   identity: { secret: process.env['WRIT_SECRET'] ?? '' },
 * })
 * const run = await startRun({ client, keys, identity: await client.identity() })
 *
 * const test = await run.job('test', { expiresIn: '5m' })
 * await test.start('npm', ['test']).ended
 * const publish = await run.job('publish', { needs: [test], expiresIn: '2m' })
 * await publish.start('npm', ['publish']).ended
 *
 * const { late } = await run.end()
 * for (const { subject, expiresAt } of late) console.error(`${subject} is good until ${new Date(expiresAt * 1000)}`)
 * ```
 */
export async function startRun(options: RunOptions): Promise<Run> {
  checkRun(options)
  const { client, keys, now = () => Date.now() / 1000 } = options
  const identity = options.identity ?? ((await client?.identity()) as string)
  const proven = await proveDelegatable(identity, options, now)
  const state = new RunState({
    id: randomBytes(ID_BYTES).toString('hex'),
    proven,
    keys,
    now,
    onLate: options.onLate ?? (() => undefined),
    tell: createTell(options, identity),
    endsIdentity: options.identity !== undefined,
  })
  return state.run
}

/** An identity that cannot be delegated is a mistake of its policy, which is better known before the first job. */
async function proveDelegatable(identity: string, { keys }: RunOptions, now: () => number): Promise<VerifiedIdentity> {
  const verifier = createIdentityVerifier({ keys, now, cache: false })
  const proven = await verifier.verify(identity)
  try {
    await verifier.verify(identity, { identity: `${proven.identity}:job:0` })
  } catch (cause) {
    if (!(cause instanceof CapabilityError) || cause.code !== 'wrong_subject') throw cause
    throw new TypeError('identity: may not be delegated to jobs', { cause })
  }
  return proven
}
