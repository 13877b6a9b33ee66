import { delegateIdentity, type Keys, parseDuration, type VerifiedIdentity } from '@writ/core/hold'
import type { Job, JobOptions } from '../job.ts'
import { PipelineError } from '../pipeline-error.ts'
import type { EndOptions, LateEnd, Run, RunReport } from '../run.ts'
import { checkEnd, checkJob } from './check-options.ts'
import { type Ending, Ends } from './ends.ts'
import { JobState } from './job-state.ts'
import type { Tell } from './tell.ts'

const DEFAULT_LIFE_SECONDS = 600
/** A job's name, and what tells it from all others. */
const SEGMENTS_A_LEVEL = 2

/** What a run is made of. */
export interface RunParts {
  readonly id: string
  readonly proven: VerifiedIdentity
  readonly keys: Keys
  readonly now: () => number
  readonly onLate: (late: LateEnd) => void
  readonly tell: Tell
  /** Whether the identity of the run ends with it. */
  readonly endsIdentity: boolean
}

/** A run, and its jobs. */
export class RunState {
  readonly run: Run
  readonly #parts: RunParts
  readonly #ends: Ends
  readonly #jobs = new Map<Job, JobState>()
  #count = 0
  #report: Promise<RunReport> | undefined

  constructor(parts: RunParts) {
    this.#parts = parts
    const { tell, onLate, now } = parts
    this.#ends = new Ends({ tell: tell.names, onLate, now })
    const { identity: subject, expiresAt } = parts.proven
    this.run = Object.freeze({
      id: parts.id,
      subject,
      expiresAt,
      job: (name, options = {}) => this.#job(name, options),
      end: (options = {}) => this.#end(options),
    } satisfies Run)
  }

  async #job(name: string, options: JobOptions): Promise<Job> {
    checkJob(name, options)
    await this.#waitFor(options.needs ?? [])
    this.#assertOpen(name)
    const { id, proven, keys, now } = this.#parts
    const startedAt = now()
    const { expiresIn = this.#defaultLife(startedAt), maxDepth = 0 } = options
    this.#count += 1
    const subject = `${proven.identity}:${name}:${id}-${this.#count}`
    const identity = await delegateIdentity(proven.token, keys, {
      identity: subject,
      expiresIn,
      maxDepth: maxDepth * SEGMENTS_A_LEVEL,
      now: () => startedAt,
    })
    // The run may have ended meanwhile. Then nobody gets the identity.
    this.#assertOpen(name)
    const expiresAt = Math.floor(startedAt) + parseDuration('expiresIn', expiresIn)
    const state = new JobState({ name, subject, identity, startedAt, expiresAt, ends: this.#ends, now })
    this.#jobs.set(state.job, state)
    return state.job
  }

  #defaultLife(time: number): number {
    return Math.max(1, Math.min(DEFAULT_LIFE_SECONDS, Math.floor(this.#parts.proven.expiresAt - Math.floor(time))))
  }

  async #waitFor(needs: readonly Job[]): Promise<void> {
    if (!needs.every((job) => this.#jobs.has(job))) throw new TypeError('needs: must be jobs of this run')
    await Promise.all(
      needs.map(async ({ name, ended }) => {
        if ((await ended) !== 'succeeded') throw new PipelineError('needs_unmet', name)
      }),
    )
  }

  #assertOpen(name: string): void {
    if (this.#report !== undefined) throw new PipelineError('ended', name)
  }

  #end(options: EndOptions): Promise<RunReport> {
    checkEnd(options)
    const seconds = parseDuration('within', options.within ?? '10s')
    this.#report ??= this.#finish(performance.now() + seconds * 1000)
    return this.#report
  }

  async #finish(deadlineMs: number): Promise<RunReport> {
    const { id, proven, tell, endsIdentity, now } = this.#parts
    const states = [...this.#jobs.values()]
    const running = states.filter(({ hasEnded }) => !hasEnded)
    for (const state of running) void state.end('killed')
    if (endsIdentity) {
      const ending: Ending = { subject: proven.identity, endedAt: now(), expiresAt: proven.expiresAt }
      void this.#ends.add(ending)
    }
    await this.#ends.finish(deadlineMs, endsIdentity ? tell.identity : tell.names)
    await Promise.all(states.map((state) => state.gone()))
    const jobs = states.map((state) => state.report())
    return Object.freeze({ id, subject: proven.identity, jobs, late: this.#ends.late })
  }
}
