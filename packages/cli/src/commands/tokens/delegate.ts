import type { Duration } from '@writ/core'
import type { Action, Register } from '../../command.ts'
import { type KeySource, readPublicKey } from '../../input/read-keys.ts'
import { readToken, type TokenSource } from '../../input/read-token.ts'

interface Options extends KeySource, TokenSource {
  readonly identity: string
  readonly expires?: Duration
}

/** `writ delegate` */
export const registerDelegate: Register = (program, define) => {
  const command = program
    .command('delegate')
    .summary('hand an identity on to a name below it')
    .description('hand an identity on to a name below it, such as a job. Needs no private key')
    .requiredOption('-i, --identity <name>', 'the name below: agent:alice:job')
    .option('-e, --expires <duration>', 'how long it lives: 90s, 5m, 1h')
    .option('-t, --token-file <file>', 'the identity. Default: a pipe, or WRIT_TOKEN')
    .option('-k, --key <key>', 'the root public key. Default: WRIT_PUBLIC_KEY, also from .env')
    .addHelpText('after', '\nExample:\n  writ delegate -i agent:alice:job -e 10m < alice.token > job.token')
  define(command, delegate)
}

const delegate: Action<Options> = async (io, options) => {
  const { identity, expires: expiresIn } = options
  const token = await readToken(io, options)
  const { delegateIdentity } = await import('@writ/core/hold')
  const delegated = await delegateIdentity(token, await readPublicKey(io, options), {
    identity,
    expiresIn,
    now: io.now,
  })
  return { text: delegated, json: { token: delegated } }
}
