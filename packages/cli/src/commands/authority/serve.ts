import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CliError, EXIT, usageError } from '../../cli-error.ts'
import type { Action, Register } from '../../command.ts'
import type { Io } from '../../io.ts'

const NO_ADMINISTRATOR =
  'writ: warning: its policy lets nobody change it. Start anew with an object "admin" that holds authority.policy read and write\n'

interface Options {
  readonly data: string
  readonly port: string
  readonly policy?: string
  readonly schema?: string
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
    .option('--schema <file>', 'the schema of the very first start, beside a policy')
    .addHelpText('after', '\nExample:\n  writ serve -p policy.toml\n\nFor production see @writ/authority.')
  define(command, serve)
}

const serve: Action<Options> = async (io, { data, port, policy, schema }) => {
  if (!/^[0-9]{1,5}$/.test(port)) throw usageError('--port: must be a number')
  if (schema !== undefined && policy === undefined) throw usageError('--schema: needs the policy that it belongs to')
  const { serveAuthority } = await import('@writ/authority')
  const initial = policy === undefined ? undefined : await readRules(io, policy, schema)
  const folder = resolve(io.folder, data)
  const options = { folder, port: Number(port), initial, environment: io.environment }
  const authority = await serveAuthority(options).catch((cause: unknown) => {
    if ((cause as { code?: unknown }).code !== 'EADDRINUSE') throw cause
    throw new CliError(EXIT.unavailable, 'failed', `port ${port} is in use: name another one with --port`, { cause })
  })
  const publicKey = await authority.publicKey()
  const { url, firstSecret } = authority
  io.stderr.write(`writ: listening on ${url}\nwrit: its root public key, for services: WRIT_PUBLIC_KEY=${publicKey}\n`)
  if (firstSecret !== undefined)
    io.stderr.write(`writ: the first administrator enrols with the secret in ${firstSecret}\n`)
  if ((await authority.administrators()).length === 0) io.stderr.write(NO_ADMINISTRATOR)
  await io.untilInterrupted()
  await authority.close()
  return { text: 'stopped', json: { url, publicKey } }
}

async function readRules({ folder }: Io, policy: string, schema: string | undefined) {
  const read = (path: string) => readFile(resolve(folder, path), 'utf8')
  return { policy: await read(policy), ...(schema !== undefined && { schema: await read(schema) }) }
}
