import type { Duration } from '@writ/core'
import type { Action, Register } from '../../command.ts'
import { type KeySource, readPublicKey } from '../../input/read-keys.ts'
import { collectPair } from '../../input/read-pairs.ts'
import { readToken, type TokenSource } from '../../input/read-token.ts'

interface Options extends KeySource, TokenSource {
  readonly designation?: Readonly<Record<string, string>>
  readonly anchor?: string
  readonly expires?: Duration
}

/** `writ attenuate` */
export const registerAttenuate: Register = (program, define) => {
  const command = program
    .command('attenuate')
    .summary('narrow a capability; needs no private key')
    .description('narrow a capability: to an object, to a service, to a shorter life. Needs no private key')
    .option('-d, --designation <label=value>', 'names the object; may be repeated', collectPair)
    .option('-a, --anchor <service>', 'the only service that accepts it')
    .option('-e, --expires <duration>', 'how long it lives: 90s, 5m, 1h')
    .option('-t, --token-file <file>', 'the token. Default: a pipe, or WRIT_TOKEN')
    .option('-k, --key <key>', 'the root public key. Default: WRIT_PUBLIC_KEY, also from .env')
    .addHelpText('after', '\nExample:\n  writ attenuate -d invoiceId=7 -e 30s < broad.token > narrow.token')
  define(command, narrow)
}

const narrow: Action<Options> = async (io, options) => {
  const { designation: designations, anchor, expires: expiresIn } = options
  const token = await readToken(io, options)
  const { attenuate } = await import('@writ/core/hold')
  const settings = { designations, anchor, expiresIn, now: io.now }
  const narrowed = await attenuate(token, await readPublicKey(io, options), settings)
  return { text: narrowed, json: { token: narrowed } }
}
