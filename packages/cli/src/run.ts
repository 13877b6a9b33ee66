import type { ClientError } from '@writ/client'
import { CapabilityError, printable } from '@writ/core'
import { Command, CommanderError } from 'commander'
import { CliError, EXIT, type ExitCode, usageError } from './cli-error.ts'
import type { Action, Define, RunAction } from './command.ts'
import { registerAudit } from './commands/authority/audit.ts'
import { registerContext } from './commands/authority/context.ts'
import { registerEnrol } from './commands/authority/enrol.ts'
import { registerGet } from './commands/authority/get.ts'
import { registerLogin } from './commands/authority/login.ts'
import { registerRevoke } from './commands/authority/revoke.ts'
import { registerServe } from './commands/authority/serve.ts'
import { registerWhoami } from './commands/authority/whoami.ts'
import { addCompletion } from './commands/completion.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerExec } from './commands/exec.ts'
import { registerInit } from './commands/init.ts'
import { registerKeys } from './commands/keys.ts'
import { registerPolicy } from './commands/policy/policy.ts'
import { registerPostgres } from './commands/postgres.ts'
import { registerReport } from './commands/report.ts'
import { registerRoutes } from './commands/routes.ts'
import { registerAttenuate } from './commands/tokens/attenuate.ts'
import { registerDelegate } from './commands/tokens/delegate.ts'
import { registerInspect } from './commands/tokens/inspect.ts'
import { registerMint } from './commands/tokens/mint.ts'
import { registerVerify } from './commands/tokens/verify.ts'
import type { Io } from './io.ts'
import { writeAnswer, writeLine } from './output/answer.ts'

/** As `env` and `timeout` end when they fail themselves: the other codes are those of the command. */
const EXIT_BEFORE_COMMAND = 125

const COMMANDS = [
  registerInit,
  registerKeys,
  registerMint,
  registerAttenuate,
  registerDelegate,
  registerInspect,
  registerVerify,
  registerPolicy,
  registerServe,
  registerLogin,
  registerWhoami,
  registerGet,
  registerContext,
  registerEnrol,
  registerRevoke,
  registerAudit,
  registerPostgres,
  registerExec,
  registerDoctor,
  registerRoutes,
  registerReport,
]

/**
 * Runs the `writ` command.
 *
 * @param args - What follows the name of the program.
 * @returns The exit code: 0 done or allowed, 1 refused, 2 called in a wrong way, 3 something does not answer. Of `exec` it is that
 *   of the command.
 *
 * @example
 * ```ts
 * import { run } from '@writ/cli'
 *
 * export const exitCode = await run(['--help'], {
 *   stdin: process.stdin,
 *   stdout: process.stdout,
 *   stderr: process.stderr,
 *   environment: process.env,
 *   folder: process.cwd(),
 *   now: () => Date.now() / 1000,
 *   untilInterrupted: async () => undefined,
 * })
 * ```
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  // What follows is for somebody else.
  const asJson = args.slice(0, args.indexOf('--') + 1 || args.length).includes('--json')
  let exitCode: number = EXIT.done
  let failure: number | undefined
  const answer = <Options>(command: Command, action: Action<Options>) => {
    command
      .option('--json', 'answer as JSON')
      .argument('[nothing...]')
      .usage('[options]')
      .action(async (extra: readonly string[], options) => {
        refuseArguments(extra, command)
        const { exitCode: code = EXIT.done, ...answer } = await action(io, options)
        await writeAnswer(io, answer, asJson)
        exitCode = code
      })
  }
  const running = <Options>(command: Command, action: RunAction<Options>) => {
    if (args[0] === command.name()) failure = EXIT_BEFORE_COMMAND
    command
      .argument('<command...>')
      .usage('[options] -- <command> [arguments]')
      .action(async (given: [string, ...string[]], options) => {
        exitCode = await action(io, options, given)
      })
  }
  const define: Define = Object.assign(answer, { running })
  try {
    const program = createProgram(io, define)
    await addCompletion(program, args)
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    const code = await report(error, io, asJson)
    return code === EXIT.done ? code : (failure ?? code)
  }
}

function createProgram(io: Io, define: Define): Command {
  const program = new Command('writ')
    .description('capability tokens: who may do what to which object, signed')
    .exitOverride()
    // Its own errors quote arguments, and one may be a secret.
    .configureOutput({ writeOut: (text) => void io.stdout.write(text), writeErr: () => undefined })
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showSuggestionAfterError(false)
    .helpCommand(false)
  for (const register of COMMANDS) register(program, define)
  return program
}

/** A token on the command line is in the list of processes, and stays in the history of the shell. No argument is repeated. */
function refuseArguments(extra: readonly string[], { options }: Command): void {
  if (extra.length === 0) return
  const takes = (option: string) => options.some(({ long }) => long === option)
  if (takes('--token-file'))
    throw usageError(
      'takes no arguments. A token goes through a pipe, --token-file or WRIT_TOKEN: never on the command line',
    )
  throw usageError(
    `takes no arguments, but options${takes('--policy') ? ', such as -p policy.toml' : '; see its --help'}`,
  )
}

async function report(error: unknown, io: Io, asJson: boolean): Promise<ExitCode> {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done
  if (isClosedPipe(error)) return EXIT.done
  const { exitCode, code, message } = describe(error)
  const line = asJson ? JSON.stringify({ error: { code, message } }) : `writ: ${message}`
  await writeLine(io.stderr, line).catch(() => undefined)
  return exitCode
}

function isClosedPipe(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'EPIPE'
}

function describe(error: unknown): CliError {
  if (error instanceof CliError) return error
  if (error instanceof CapabilityError) {
    const exitCode = error.code === 'unavailable' ? EXIT.unavailable : EXIT.refused
    return new CliError(exitCode, error.code, error.message)
  }
  if (error instanceof CommanderError) return describeUsage(error)
  if (isClientError(error)) return describeClient(error)
  if (error instanceof Error && (error.name === 'PolicyError' || error instanceof TypeError)) {
    return new CliError(error.name === 'PolicyError' ? EXIT.refused : EXIT.usage, 'wrong_input', error.message)
  }
  const { code } = error as { code?: unknown }
  return new CliError(EXIT.unavailable, 'failed', typeof code === 'string' ? `failed: ${printable(code)}` : 'failed')
}

/** By its name: the client is loaded by the commands that need it. */
function isClientError(error: unknown): error is ClientError {
  return error instanceof Error && error.name === 'ClientError'
}

function describeClient({ code, problem, status, message, cause }: ClientError): CliError {
  if (cause instanceof CapabilityError) return describe(cause)
  if (code === 'refused') return new CliError(EXIT.refused, code, message)
  if (code === 'unauthenticated') {
    return new CliError(EXIT.refused, problem ?? code, `the authority refuses: ${problem ?? code}`)
  }
  const isSilent = code === 'unavailable' && status === undefined
  return new CliError(EXIT.unavailable, code, isSilent ? 'the authority does not answer' : message)
}

/** What commander found, without the value that it found. */
function describeUsage({ code, message }: CommanderError): CliError {
  const option = /option '([^'=]{1,64})/.exec(message)?.[1]
  const reasons: ReadonlyMap<string, string> = new Map([
    ['commander.unknownOption', `there is no such option: ${printable(option ?? '')}`],
    ['commander.missingMandatoryOptionValue', `required: ${printable(option ?? '')}`],
    ['commander.optionMissingArgument', `needs a value: ${printable(option ?? '')}`],
    [
      'commander.invalidArgument',
      option === undefined ? 'has a wrong argument' : `has a wrong value: ${printable(option)}`,
    ],
    ['commander.missingArgument', 'needs an argument'],
    ['commander.unknownCommand', 'there is no such command'],
    ['commander.help', 'name a command'],
  ])
  return usageError(`${reasons.get(code) ?? 'called in a wrong way'}. See writ --help`)
}
