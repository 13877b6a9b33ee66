import type { Io } from '../io.ts'

/** What a command answers: as text for people, and as a document for `--json`. */
export interface Answer {
  readonly text: string
  readonly json: unknown
}

/** Writes an answer to stdout. Resolves when it is written, so that nothing is lost when the process ends. */
export function writeAnswer({ stdout }: Io, { text, json }: Answer, asJson: boolean): Promise<void> {
  return writeLine(stdout, asJson ? JSON.stringify(json, undefined, 2) : text)
}

/** Writes text and the end of a line. */
export function writeLine(stream: Io['stderr'], text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(`${text}\n`, (error) => (error ? reject(error) : resolve()))
  })
}
