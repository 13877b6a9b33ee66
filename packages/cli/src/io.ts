import type { Readable, Writable } from 'node:stream'

/** What a command reads and writes. Tests give their own. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined }
  readonly stdout: Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }
  readonly stderr: Writable
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder in which the command runs. */
  readonly folder: string
  /** The clock, in Unix seconds. */
  readonly now: () => number
  /** Resolves when somebody ends the command, by Ctrl-C or SIGTERM. */
  readonly untilInterrupted: () => Promise<void>
}
