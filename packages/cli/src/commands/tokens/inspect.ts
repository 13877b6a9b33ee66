import { inspect } from '@writ/core'
import type { Action, Register } from '../../command.ts'
import { type KeySource, readPublicKey, readVariable } from '../../input/read-keys.ts'
import { readToken, type TokenSource } from '../../input/read-token.ts'
import { coloursFor } from '../../output/colours.ts'
import { drawToken } from '../../output/draw-token.ts'

interface Options extends KeySource, TokenSource {}

/** `writ inspect` */
export const registerInspect: Register = (program, define) => {
  const command = program
    .command('inspect')
    .summary('draw what a token says')
    .description('draw what a token says: its blocks, what each demands, and how long it lives')
    .option('-t, --token-file <file>', 'the token. Default: a pipe, or WRIT_TOKEN')
    .option(
      '-k, --key <key>',
      'the root public key, so that signatures are verified. Default: WRIT_PUBLIC_KEY, if it is set',
    )
    .addHelpText('after', '\nExample:\n  writ inspect < narrow.token')
  define(command, show)
}

const show: Action<Options> = async (io, options) => {
  const token = await readToken(io, options)
  const isKeyed = options.key !== undefined || (await readVariable(io, 'WRIT_PUBLIC_KEY')) !== undefined
  const found = isKeyed ? await inspect(token, await readPublicKey(io, options)) : await inspect(token)
  return { text: drawToken(found, io.now(), io.stdout.columns ?? 80, coloursFor(io)), json: found }
}
