import type { Job } from '../job.ts'
import type { JobOutcome } from '../job-outcome.ts'
import type { JobProcess, StartOptions } from '../job-process.ts'
import { PipelineError } from '../pipeline-error.ts'
import type { EndedJob } from '../run.ts'
import { checkStart } from './check-options.ts'
import type { Ending, Ends } from './ends.ts'
import { withoutOthers } from './job-environment.ts'
import { type SpawnedJob, spawnJob } from './spawn-job.ts'

const LONGEST_TIMER_MS = 2 ** 31 - 1

/** What a job is made of. */
export interface JobParts {
  readonly name: string
  readonly subject: string
  readonly identity: string
  /** Unix seconds, as all times. */
  readonly startedAt: number
  readonly expiresAt: number
  readonly ends: Ends
  readonly now: () => number
}

/** A job, and what the run must know of it. */
export class JobState {
  readonly job: Job
  readonly #parts: Omit<JobParts, 'identity'>
  #identity: string | undefined
  #process: SpawnedJob | undefined
  #outcome: JobOutcome | undefined
  #ending: Ending | undefined
  #told: Promise<void> | undefined
  readonly #resolve: (outcome: JobOutcome) => void

  constructor({ identity, ...parts }: JobParts) {
    this.#identity = identity
    this.#parts = parts
    const { promise, resolve } = Promise.withResolvers<JobOutcome>()
    this.#resolve = resolve
    const { name, subject, expiresAt } = parts
    this.job = Object.freeze({
      name,
      subject,
      expiresAt,
      ended: promise,
      identity: () => this.#open(),
      environment: (base = process.env) => ({ ...withoutOthers(base), WRIT_IDENTITY: this.#open() }),
      start: (command, args = [], options = {}) => this.#start(command, args, options),
      end: (outcome) => this.end(outcome),
    } satisfies Job)
  }

  get hasEnded(): boolean {
    return this.#outcome !== undefined
  }

  /** What came of it; only of one that has ended. */
  report(): EndedJob {
    const { name, subject, startedAt, expiresAt } = this.#parts
    const { endedAt, revokedAt } = this.#ending as Ending
    return Object.freeze({
      name,
      subject,
      outcome: this.#outcome as JobOutcome,
      startedAt,
      endedAt,
      expiresAt,
      revokedAt,
    })
  }

  end(outcome: JobOutcome): Promise<void> {
    this.#told ??= this.#end(outcome)
    return this.#told
  }

  /** Resolves when its process is gone. */
  async gone(): Promise<void> {
    await this.#process?.ended
  }

  async #end(outcome: JobOutcome): Promise<void> {
    const { subject, expiresAt, ends, now } = this.#parts
    this.#identity = undefined
    this.#outcome = outcome
    this.#ending = { subject, endedAt: now(), expiresAt }
    this.#process?.terminate()
    this.#resolve(outcome)
    await ends.add(this.#ending)
  }

  #open(): string {
    if (this.#identity === undefined) throw new PipelineError('ended', this.#parts.name)
    return this.#identity
  }

  #start(command: string, args: readonly string[], options: StartOptions): JobProcess {
    checkStart(command, args, options)
    const identity = this.#open()
    if (this.#process !== undefined) throw new TypeError('start: the job has a process already')
    if ([command, ...args].some((text) => text.includes(identity))) {
      throw new TypeError('args: must not hold the identity, because everybody on the machine sees them')
    }
    const { expiresAt, now } = this.#parts
    const milliseconds = Math.min(LONGEST_TIMER_MS, Math.max(0, (expiresAt - now()) * 1000))
    const environment = withoutOthers(options.environment ?? process.env)
    const spawned = spawnJob({ command, args, options, environment, identity, milliseconds })
    this.#process = spawned
    const ended = spawned.ended.then((end) => {
      void this.end(end.outcome)
      return end
    })
    return Object.freeze({ pid: spawned.pid, ended, kill: spawned.kill })
  }
}
