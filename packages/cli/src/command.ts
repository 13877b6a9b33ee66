import type { Command } from 'commander'
import type { ExitCode } from './cli-error.ts'
import type { Io } from './io.ts'
import type { Answer } from './output/answer.ts'

/** What a command does: it answers, and may say how the process ends. */
export type Action<Options> = (io: Io, options: Options) => Promise<Answer & { readonly exitCode?: ExitCode }>

/** What a command does that runs another one: it says how that one ended. Nothing else is written where that one writes. */
export type RunAction<Options> = (io: Io, options: Options, command: readonly [string, ...string[]]) => Promise<number>

/** Adds a command to a program, and says what it does. */
export interface Define {
  <Options>(command: Command, action: Action<Options>): void
  /** For one that runs the command which follows `--`. What fails before that one runs ends with 125. */
  running<Options>(command: Command, action: RunAction<Options>): void
}

/** Adds the commands of a file. */
export type Register = (program: Command, define: Define) => void
