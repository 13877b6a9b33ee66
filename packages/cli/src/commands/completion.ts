import type { Command } from 'commander'

/** The commands that shells call: `writ completion bash` prints a script, which calls `writ complete -- <words>`. */
const NAMES = new Set(['completion', 'complete'])

/**
 * Adds `writ completion`. The library behind it is loaded when a shell asks. For the help alone, the command is there without
 * it.
 */
export async function addCompletion(program: Command, args: readonly string[]): Promise<void> {
  if (NAMES.has(args[0] ?? '') && !args.includes('--help')) {
    const { default: tab } = await import('@bomb.sh/tab/commander')
    tab(program, { completionCommandName: 'completion' })
    return
  }
  program
    .command('completion')
    .summary('a script by which bash, zsh or fish completes')
    .description('a script by which bash, zsh or fish completes commands and options')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', '\nExample:\n  source <(writ completion bash)')
}
