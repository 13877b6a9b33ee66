import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { JobOutcome } from '../job-outcome.ts'
import type { JobEnd, JobOutput, JobProcess, StartOptions } from '../job-process.ts'
import { guardProcess } from './guard-process.ts'
import { MaskedLines } from './masked-lines.ts'

const DESCRIPTOR = 3
const GRACE_MS = 5000

/** What a process is started with. */
export interface JobSpawn {
  readonly command: string
  readonly args: readonly string[]
  readonly options: StartOptions
  readonly environment: Record<string, string>
  readonly identity: string
  /** How long it may run. */
  readonly milliseconds: number
}

/** A process that can also be ended for good. */
export interface SpawnedJob extends JobProcess {
  /** Asks it to end, and kills it five seconds later. */
  terminate(): void
}

/**
 * Starts a process that leads a group of its own, unless it is to stay in this one. It is ended when its time is over, and when
 * this process is gone.
 */
export function spawnJob({ command, args, options, environment, identity, milliseconds }: JobSpawn): SpawnedJob {
  const { cwd, output, stdin = false, sameGroup = false, identity: by = 'environment' } = options
  const written = output === undefined ? 'inherit' : 'pipe'
  const settings: SpawnOptions = {
    cwd,
    env: {
      ...environment,
      ...(by === 'descriptor' ? { WRIT_IDENTITY_FD: `${DESCRIPTOR}` } : { WRIT_IDENTITY: identity }),
    },
    detached: !sameGroup && process.platform !== 'win32',
    stdio: [stdin ? 'inherit' : 'ignore', written, written, ...(by === 'descriptor' ? (['pipe'] as const) : [])],
  }
  const child = spawn(command, args, settings)
  if (by === 'descriptor') hand(child, identity)
  if (output !== undefined) listen(child, output)

  const isLeader = settings.detached === true
  const isOver = guard(child, isLeader)
  const kill = (signal: NodeJS.Signals) => send(child, signal, isLeader)
  let timedOut = false
  let force: ReturnType<typeof setTimeout> | undefined
  const terminate = () => {
    if (force !== undefined || child.exitCode !== null || child.signalCode !== null) return
    kill('SIGTERM')
    force = setTimeout(() => kill('SIGKILL'), GRACE_MS)
  }
  const over = setTimeout(() => {
    timedOut = true
    terminate()
  }, milliseconds)

  const ended = new Promise<JobEnd>((resolve) => {
    const finish = (end: JobEnd) => {
      isOver()
      clearTimeout(over)
      clearTimeout(force)
      resolve(Object.freeze(end))
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return
      finish({ outcome: 'not_started', exitCode: undefined, signal: undefined, failure: error.code ?? 'failed' })
    })
    // What it has left running would go on as a part of a job that is over.
    child.once('exit', () => void (isLeader && send(child, 'SIGKILL', true)))
    child.once('close', (code, signal) => {
      if (child.pid === undefined) return
      const outcome = timedOut ? 'timed_out' : outcomeOf(code, signal)
      finish({ outcome, exitCode: code ?? undefined, signal: signal ?? undefined, failure: undefined })
    })
  })
  return { pid: child.pid, ended, kill, terminate }
}

function guard({ pid }: ChildProcess, group: boolean): () => void {
  if (pid === undefined || process.platform === 'win32') return () => undefined
  return guardProcess(group ? -pid : pid)
}

function outcomeOf(code: number | null, signal: NodeJS.Signals | null): JobOutcome {
  if (signal !== null) return 'killed'
  return code === 0 ? 'succeeded' : 'failed'
}

/** A pipe is read once, and then nobody finds the identity there any more. */
function hand(child: ChildProcess, identity: string): void {
  const pipe = child.stdio[DESCRIPTOR] as Writable | null | undefined
  // A process that ends without reading it does no harm.
  pipe?.on('error', () => undefined)
  pipe?.end(identity)
}

function listen(child: ChildProcess, output: JobOutput): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = new MaskedLines((line) => output(line, stream))
    const readable = child[stream] as Readable | null
    readable?.on('data', (bytes: Buffer) => lines.push(bytes))
    readable?.on('end', () => lines.end())
    readable?.on('error', () => undefined)
  }
}

function send({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals, group: boolean): boolean {
  if (pid === undefined || (!group && (exitCode !== null || signalCode !== null))) return false
  try {
    return process.kill(group ? -pid : pid, signal)
  } catch {
    // Nobody is left.
    return false
  }
}
