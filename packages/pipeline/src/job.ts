import type { Duration } from '@writ/core/hold'
import type { JobOutcome } from './job-outcome.ts'
import type { JobProcess, StartOptions } from './job-process.ts'

/** What a job may have, and what it waits for. */
export interface JobOptions {
  /**
   * The life of the identity: whole seconds, or `'30s'`, `'5m'`, `'2h'`. A process that still runs then is ended. Not longer than
   * the run. Default `'10m'`, or as long as the run.
   */
  readonly expiresIn?: Duration | undefined
  /** How many levels of jobs of its own the job may start. Default 0: none. */
  readonly maxDepth?: number | undefined
  /** Jobs of this run that must have succeeded. It is waited for them; the life begins afterwards. Default: none. */
  readonly needs?: readonly Job[] | undefined
}

/** A job of a run, with an identity of its own. */
export interface Job {
  /** As it was given. Several jobs of a run may have the same one. */
  readonly name: string
  /** The name of its identity: that of the run's identity, the job's, and one that no other job ever has. */
  readonly subject: string
  /** The end of the identity, in Unix seconds. */
  readonly expiresAt: number
  /** Resolves when the job has ended, however it did. */
  readonly ended: Promise<JobOutcome>
  /**
   * The identity token, to hand it to a job that is no process of this machine.
   *
   * @throws `PipelineError` `ended`.
   */
  identity(): string
  /**
   * The environment of a process of this job: `WRIT_IDENTITY` is its identity. What could identify somebody else is left out:
   * variables of Writ other than `WRIT_AUTHORITY_URL` and `WRIT_PUBLIC_KEY`, those by which a step of GitHub Actions asks for
   * assertions, and every variable with a token or private key of Writ in it.
   *
   * @param base - Default: the environment of this process.
   * @throws `PipelineError` `ended`.
   */
  environment(base?: Readonly<Record<string, string | undefined>>): Record<string, string>
  /**
   * Starts a command as a process of this job. When it ends, the job does, and when this process is gone, so is that one. The
   * identity is in its environment or in a file descriptor, never among its arguments.
   *
   * @throws `PipelineError` `ended`; `TypeError` for wrong options, and if the job has a process already.
   */
  start(command: string, args?: readonly string[], options?: StartOptions): JobProcess
  /**
   * Ends the job: nobody can use its identity any more, as soon as the authority knows. Only the first call counts.
   *
   * @returns When the authority was told. If it does not answer, it is told later; see `RunOptions.onLate`.
   */
  end(outcome: JobOutcome): Promise<void>
}
