import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { run } from '../../src/run.ts'

/** The time in all tests, in Unix seconds. */
export const NOW = 1_800_000_000

/** What a command has written, and how it ended. */
export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in this process: in `folder`, with `stdin` as a pipe, or a terminal if that is undefined. */
export async function runWrit(
  args: readonly string[],
  {
    folder = '/nowhere',
    stdin,
    environment = {},
    now = () => NOW,
  }: {
    readonly folder?: string
    readonly stdin?: string | Readable
    readonly environment?: Readonly<Record<string, string>>
    readonly now?: () => number
  } = {},
): Promise<Ran> {
  const [stdout, stderr] = [new Sink(), new Sink()]
  const given = typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : (stdin ?? Readable.from([]))
  const io = {
    stdin: Object.assign(given, { isTTY: stdin === undefined }),
    stdout,
    stderr,
    environment,
    folder,
    now,
    untilInterrupted: async () => undefined,
  }
  const exitCode = await run(args, io)
  return { exitCode, stdout: stdout.text, stderr: stderr.text }
}

/** A folder that is removed after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'writ-cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

class Sink extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}
