import { ClientError } from '../../client-error.ts'

/**
 * What a promise resolves to, if that is soon enough. Whoever waits for the work of another has a time of its own: in
 * workerd the request that began the work may be gone, and with it the end of the work.
 *
 * @param late - Called when it takes too long, before this rejects with `unavailable`.
 */
export function inTime<Result>(work: Promise<Result>, milliseconds: number, late: () => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      late()
      reject(new ClientError('unavailable', { cause: new Error(`no answer within ${milliseconds} ms`) }))
    }, milliseconds)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
