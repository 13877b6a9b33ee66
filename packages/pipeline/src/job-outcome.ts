/**
 * How a job has ended: `failed` with an exit code other than 0, `killed` by a signal, `timed_out` because its life was over,
 * `not_started` because the command could not be run.
 */
export type JobOutcome = 'succeeded' | 'failed' | 'killed' | 'timed_out' | 'not_started'
