import { parseDuration } from '@writ/core'
import type { Action, Register } from '../../command.ts'
import { readToken, type TokenSource } from '../../input/read-token.ts'
import { askAsIdentity } from '../../session/ask-as-identity.ts'

interface OpenOptions {
  readonly expires?: string
}

interface ExposeOptions extends TokenSource {
  readonly exposure: readonly string[]
  readonly source: string
}

/** `writ context` */
export const registerContext: Register = (program, define) => {
  const context = program.command('context').description('sessions of the authority: what an agent has seen')
  define(
    context
      .command('open')
      .description('open a session; the context is shown by writ inspect')
      .option('-e, --expires <duration>', 'how long it lives: 10m, 1h')
      .addHelpText('after', '\nExample:\n  writ context open > context'),
    open,
  )
  define(
    context
      .command('expose')
      .description('record what the session has seen: what that precludes is minted no more')
      .requiredOption('-x, --exposure <label>', 'what was seen: pii:email; may be repeated', collect)
      .requiredOption('--source <name>', 'where it was seen: crm')
      .option('--token-file <file>', 'the context. Default: a pipe, or WRIT_TOKEN')
      .addHelpText('after', '\nExample:\n  writ context expose -x pii:email --source crm < context > next'),
    expose,
  )
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

const open: Action<OpenOptions> = async (io, { expires }) => {
  const body = expires === undefined ? {} : { expiresIn: parseDuration('--expires', expires) }
  return describe(await askAsIdentity(io, '/v1/contexts', body))
}

const expose: Action<ExposeOptions> = async (io, options) => {
  const { exposure: exposures, source } = options
  const context = await readToken(io, options)
  return describe(await askAsIdentity(io, '/v1/contexts/exposures', { context, exposures, source }))
}

function describe(answer: unknown): { readonly text: string; readonly json: unknown } {
  const { context, subject, expiresAt } = answer as { readonly context: string; subject: string; expiresAt: number }
  return { text: context, json: { token: context, subject, expiresAt } }
}
