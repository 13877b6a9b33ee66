import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { usageError } from '../../cli-error.ts'
import type { Action, Register } from '../../command.ts'

interface Options {
  readonly data: string
  readonly port: string
  readonly policy?: string
}

/** `writ serve` */
export const registerServe: Register = (program, define) => {
  const command = program
    .command('serve')
    .summary('run an authority, with its database in a folder')
    .description('run an authority, with its database in a folder, until it is interrupted')
    .option('--data <folder>', 'the database, the master key and the first secret', './writ-data')
    .option('--port <number>', 'where it listens on 127.0.0.1', '7878')
    .option('-p, --policy <file>', 'the policy of the very first start')
    .addHelpText('after', '\nExample:\n  writ serve -p policy.toml\n\nFor production see @writ/authority.')
  define(command, serve)
}

const serve: Action<Options> = async (io, { data, port, policy }) => {
  if (!/^[0-9]{1,5}$/.test(port)) throw usageError('--port: must be a number')
  const { serveAuthority } = await import('@writ/authority')
  const initial = policy === undefined ? undefined : { policy: await readFile(resolve(io.folder, policy), 'utf8') }
  const folder = resolve(io.folder, data)
  const authority = await serveAuthority({ folder, port: Number(port), initial, environment: io.environment })
  const publicKey = await authority.publicKey()
  const { url, firstSecret } = authority
  io.stderr.write(`writ: listening on ${url}\nwrit: its root public key is ${publicKey}\n`)
  if (firstSecret !== undefined)
    io.stderr.write(`writ: the first administrator enrols with the secret in ${firstSecret}\n`)
  await io.untilInterrupted()
  await authority.close()
  return { text: 'stopped', json: { url, publicKey } }
}
