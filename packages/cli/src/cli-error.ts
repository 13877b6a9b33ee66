/** How a command ends. Scripts depend on it. */
export const EXIT: { readonly done: 0; readonly refused: 1; readonly usage: 2; readonly unavailable: 3 } =
  Object.freeze({
    /** It was done, or it is allowed. */
    done: 0,
    /** A token, a request or a policy was refused. */
    refused: 1,
    /** The command was called in a wrong way, or given something that it cannot read. */
    usage: 2,
    /** Something that it needs does not answer. */
    unavailable: 3,
  })

/** How a command ends. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Ends a command with one line on stderr. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: ExitCode
  /** Never changes its meaning: for scripts that read `--json`. */
  readonly code: string

  constructor(exitCode: ExitCode, code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
    this.code = code
  }
}

/** The command was called in a wrong way. */
export function usageError(message: string): CliError {
  return new CliError(EXIT.usage, 'usage', message)
}
