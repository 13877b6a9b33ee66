import { constants } from 'node:os'
import type { Duration } from '@writ/core'
import type { Job, JobEnd, Run } from '@writ/pipeline'
import { usageError } from '../cli-error.ts'
import type { Register, RunAction } from '../command.ts'
import { type AuthoritySource, type FoundIdentity, findIdentity } from '../exec/find-identity.ts'
import { type ForwardedSignals, forwardSignals } from '../exec/forward-signals.ts'
import type { Io } from '../io.ts'
import { writeLine } from '../output/answer.ts'

/** As `timeout` ends when the time is over, and shells when a command cannot be run, or is not there. */
const EXIT_TIMED_OUT = 124
const EXIT_NOT_RUN = 126
const EXIT_NOT_FOUND = 127
const EXIT_SIGNAL = 128
const END_WITHIN = '10s'

interface Options extends AuthoritySource {
  readonly name: string
  readonly expires?: Duration
  readonly maxDepth: string
  readonly descriptor?: boolean
  readonly mask?: boolean
}

/** `writ exec` */
export const registerExec: Register = (program, define) => {
  const command = program
    .command('exec')
    .summary('run a command as a job, with an identity that ends with it')
    .description(
      'run a command as a job: WRIT_IDENTITY is an identity below that of this process, and ends with the command. The exit ' +
        'code is that of the command; 125 if it was not run',
    )
    .option('-n, --name <job>', 'the name of the job: one segment below the identity of this process', 'job')
    .option('-e, --expires <duration>', 'how long it may run: 90s, 5m, 1h. Default: 10m')
    .option('--max-depth <levels>', 'how many levels of jobs it may start below itself', '0')
    .option('--descriptor', 'the identity is in the file descriptor WRIT_IDENTITY_FD, and not in the environment')
    .option('--mask', 'masks tokens and private keys in what it writes, line by line')
    .option('--url <url>', 'the authority. Default: WRIT_AUTHORITY_URL')
    .option('-k, --key <key>', 'its root public key. Default: WRIT_PUBLIC_KEY, also from .env')
    .option('--audience <text>', 'for whom GitHub Actions makes an assertion. Default: the URL of the authority')
    .addHelpText(
      'after',
      '\nWho runs it: WRIT_IDENTITY, WRIT_ASSERTION (an OIDC token: GitLab), GitHub Actions with id-token: write,\n' +
        'WRIT_SECRET (an enrolment), or else whoever is logged in.\n\nExample:\n  writ exec -n test -e 5m -- npm test',
    )
  define.running(command, exec)
}

const exec: RunAction<Options> = async (io, options, command) => {
  if (!/^[0-9]{1,2}$/.test(options.maxDepth)) throw usageError('--max-depth: must be a number')
  const found = await findIdentity(io, options)
  const { client, own } = found
  const identity = own ? await client.identity() : undefined
  try {
    return await execAs(io, options, command, found, identity)
  } catch (error) {
    // It was for a command that was not run.
    if (identity !== undefined) await client.endIdentity({ identity }).catch(() => undefined)
    throw error
  } finally {
    client.close()
  }
}

async function execAs(
  io: Io,
  { name, expires: expiresIn, maxDepth, descriptor, mask }: Options,
  [command, ...args]: readonly [string, ...string[]],
  { client, keys, url, key }: FoundIdentity,
  identity: string | undefined,
): Promise<number> {
  const { startRun } = await import('@writ/pipeline')
  const run = await startRun({ client, keys, identity, now: io.now })
  const job = await run.job(name, { expiresIn, maxDepth: Number(maxDepth) })
  const atTerminal = io.stdin.isTTY === true
  const started = job.start(command, args, {
    cwd: io.folder,
    environment: { ...io.environment, WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: key },
    identity: descriptor ? 'descriptor' : 'environment',
    stdin: true,
    sameGroup: atTerminal,
    ...(mask && { output: (line, stream) => void io[stream].write(`${line}\n`) }),
  })
  const signals = forwardSignals(started.kill, atTerminal)
  const end = await started.ended
  if (end.outcome === 'timed_out') await writeLine(io.stderr, `writ: ${name}: its time was over, so it was ended`)
  if (end.failure !== undefined) await writeLine(io.stderr, `writ: the command cannot be run: ${end.failure}`)
  const isTold = await endRun(io, run, job, signals)
  const exitCode = exitCodeOf(end)
  // What is still under way would keep this process for some seconds.
  if (!isTold) process.exit(exitCode)
  signals.stop()
  return exitCode
}

/** Tells the authority that the job is over, and people what it could not be told. Whether it knows all of it. */
async function endRun(io: Io, run: Run, job: Job, signals: ForwardedSignals): Promise<boolean> {
  const report = await Promise.race([run.end({ within: END_WITHIN }), signals.interrupted()])
  if (report === undefined) {
    const until = new Date(job.expiresAt * 1000).toISOString()
    await writeLine(io.stderr, `writ: interrupted: the identity ${job.subject} may be good until ${until}`)
    return false
  }
  for (const { subject, expiresAt, revokedAt } of report.late) {
    const until = new Date(expiresAt * 1000).toISOString()
    const said = revokedAt === undefined ? `could not be revoked, and is good until ${until}` : 'was revoked late'
    await writeLine(io.stderr, `writ: the authority did not answer: the identity ${subject} ${said}`)
  }
  return report.late.every(({ revokedAt }) => revokedAt !== undefined)
}

function exitCodeOf({ outcome, exitCode, signal, failure }: JobEnd): number {
  if (outcome === 'timed_out') return EXIT_TIMED_OUT
  if (failure !== undefined) return failure === 'ENOENT' ? EXIT_NOT_FOUND : EXIT_NOT_RUN
  if (signal !== undefined) return EXIT_SIGNAL + constants.signals[signal]
  return exitCode ?? EXIT_NOT_RUN
}
