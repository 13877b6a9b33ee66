import type { Client } from '@writ/client'
import type { Duration, Keys, RevocationList } from '@writ/core/hold'
import type { Job, JobOptions } from './job.ts'
import type { JobOutcome } from './job-outcome.ts'

/** The options of {@link startRun}. Exactly one of `client` and `revocation` is required. */
export interface RunOptions {
  /** A client of the authority, which is told when jobs end. */
  readonly client?: Pick<Client, 'identity' | 'endIdentity'> | undefined
  /** Where an engine in this process looks up what is revoked, in place of an authority. Then `identity` is required. */
  readonly revocation?: Pick<RevocationList, 'revokeActor' | 'revokeToken'> | undefined
  /** The root public keys, as a verifier takes them. */
  readonly keys: Keys
  /**
   * The identity of this run, which must be delegatable. It ends with the run, and with it everything that came from it. Default:
   * that of the client, which goes on: then only the identities of the jobs end.
   */
  readonly identity?: string | undefined
  /**
   * Called when a job has ended and the authority could not be told, and once more when it could. What it throws is ignored.
   * Default: it is in the report of the run alone.
   */
  readonly onLate?: ((late: LateEnd) => void) | undefined
  /** The clock, in Unix seconds. Default: the system's. */
  readonly now?: (() => number) | undefined
}

/** An identity that was not revoked as soon as its job had ended. */
export interface LateEnd {
  /** The name of the identity. */
  readonly subject: string
  /** When the job ended, in Unix seconds. */
  readonly endedAt: number
  /** When the identity ends by itself at the latest. */
  readonly expiresAt: number
  /** When the authority was told. `undefined`: it was not, and the identity is good until `expiresAt`. */
  readonly revokedAt: number | undefined
}

/** A job that has ended. */
export interface EndedJob {
  readonly name: string
  readonly subject: string
  readonly outcome: JobOutcome
  /** Unix seconds, as all times. */
  readonly startedAt: number
  readonly endedAt: number
  readonly expiresAt: number
  /** When the authority was told that it is over. `undefined`: it was not, and the identity has ended or ends by itself. */
  readonly revokedAt: number | undefined
}

/** What came of a run. */
export interface RunReport {
  readonly id: string
  /** The name of the identity from which the jobs were delegated. */
  readonly subject: string
  /** In the order in which they were started. */
  readonly jobs: readonly EndedJob[]
  /** What was revoked late, or not at all. Empty: nothing outlived its job. */
  readonly late: readonly LateEnd[]
}

/** How long the end of a run may take. */
export interface EndOptions {
  /** For so long an authority that does not answer is asked again. Default `'10s'`. */
  readonly within?: Duration | undefined
}

/** A run of a pipeline. */
export interface Run {
  /** Random; part of the names of all jobs. */
  readonly id: string
  /** The name of the identity from which jobs are delegated. */
  readonly subject: string
  /** When that identity ends, in Unix seconds: no job lives longer. */
  readonly expiresAt: number
  /**
   * Starts a job: delegates an identity to it, offline. Nothing is asked of the authority.
   *
   * @param name - One segment of a name: up to 64 letters, digits, `.`, `_` and `-`. The policy knows the job by it.
   * @throws `PipelineError`; `TypeError` that starts with the name of the option that is unknown or wrong; `CapabilityError` if
   *   the identity of the run is not good any more.
   */
  job(name: string, options?: JobOptions): Promise<Job>
  /**
   * Ends the run: jobs that still run are ended as `killed`, with their processes, and the authority is told of all. It never
   * rejects because the authority is away: the report says what is late.
   */
  end(options?: EndOptions): Promise<RunReport>
}
