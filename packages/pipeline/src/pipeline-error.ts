/**
 * Why a job was not started.
 *
 * | code | meaning |
 * | --- | --- |
 * | `ended` | the run, or the job, has ended |
 * | `needs_unmet` | a job that this one needs did not succeed |
 */
export type PipelineErrorCode = 'ended' | 'needs_unmet'

const MESSAGES: Readonly<Record<PipelineErrorCode, string>> = {
  ended: 'it has ended, and its identity with it',
  needs_unmet: 'a job that this one needs did not succeed',
}

/**
 * A job was not started.
 *
 * @example
 * ```ts
 * import { type Job, PipelineError, type Run } from '@writ/pipeline'
 *
 * export async function deploy(run: Run, test: Job): Promise<Job | undefined> {
 *   try {
 *     return await run.job('deploy', { needs: [test] })
 *   } catch (error) {
 *     if (error instanceof PipelineError && error.code === 'needs_unmet') return undefined
 *     throw error
 *   }
 * }
 * ```
 */
export class PipelineError extends Error {
  override readonly name = 'PipelineError'
  readonly code: PipelineErrorCode
  /** The name of the job that it is about, if there is one. */
  readonly job: string | undefined

  constructor(code: PipelineErrorCode, job?: string) {
    super(job === undefined ? MESSAGES[code] : `${job}: ${MESSAGES[code]}`)
    this.code = code
    this.job = job
  }
}
