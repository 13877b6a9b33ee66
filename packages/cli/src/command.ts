import type { Command } from 'commander'
import type { ExitCode } from './cli-error.ts'
import type { Io } from './io.ts'
import type { Answer } from './output/answer.ts'

/** What a command does: it answers, and may say how the process ends. */
export type Action<Options> = (io: Io, options: Options) => Promise<Answer & { readonly exitCode?: ExitCode }>

/** Adds a command to a program, and says what it does. */
export type Define = <Options>(command: Command, action: Action<Options>) => void

/** Adds the commands of a file. */
export type Register = (program: Command, define: Define) => void
