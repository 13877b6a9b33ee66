import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { usageError } from '../cli-error.ts'

/** Longer than any entry of a log; one line without an end would fill the memory. */
const MAX_LENGTH = 65_536

/** The lines of a stream. One that is too long, or a file that cannot be read, is a usage error. */
export async function* readLines(stream: Readable): AsyncGenerator<string> {
  let length = 0
  stream.on('data', (chunk: Buffer | string) => {
    const end = Math.max(chunk.lastIndexOf('\n'), -1)
    length = end === -1 ? length + chunk.length : chunk.length - end - 1
    if (length > MAX_LENGTH) stream.destroy(usageError(`log: a line is longer than ${MAX_LENGTH} bytes`))
  })
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  const failed = new Promise<never>((_, reject) => {
    stream.once('error', reject)
  })
  failed.catch(() => lines.close())
  try {
    yield* lines
    if (stream.errored) throw stream.errored
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined || (error as Error).name === 'CliError'
      ? error
      : usageError('log: cannot be read')
  }
}
