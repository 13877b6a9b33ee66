import type { JobOutcome } from './job-outcome.ts'

/** Takes a line that a process has written, without its end. Tokens and private keys in it are masked. */
export type JobOutput = (line: string, stream: 'stdout' | 'stderr') => void

/** How a process of a job is started. */
export interface StartOptions {
  /** Default: that of this process. */
  readonly cwd?: string | undefined
  /** What `job.environment` begins with. Default: the environment of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /**
   * `descriptor`: the identity is in a file descriptor, whose number is in `WRIT_IDENTITY_FD`, and can be read once. So it is not
   * in the environment, which child processes inherit. Default `environment`.
   */
  readonly identity?: 'environment' | 'descriptor' | undefined
  /** Gets what the process writes. Default: the process writes where this one does, and nothing is masked. */
  readonly output?: JobOutput | undefined
  /** Whether the process reads what this one would read. Default `false`: it reads nothing. */
  readonly stdin?: boolean | undefined
  /** Leaves the process in the group of this one, so that a terminal reaches both. Default `false`: it leads a group. */
  readonly sameGroup?: boolean | undefined
}

/** How a process has ended. */
export interface JobEnd {
  readonly outcome: JobOutcome
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
  /** Why it could not be started: `ENOENT`. */
  readonly failure: string | undefined
}

/** A process of a job. */
export interface JobProcess {
  readonly pid: number | undefined
  /** Resolves when the process and its output have ended. The job has ended too, and the authority is being told. */
  readonly ended: Promise<JobEnd>
  /** Sends a signal to the process and all of its group. Whether anybody got it. */
  kill(signal: NodeJS.Signals): boolean
}
