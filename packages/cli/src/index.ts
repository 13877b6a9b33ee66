export type { ExitCode } from './cli-error.ts'
export type { Io } from './io.ts'
export { run } from './run.ts'
