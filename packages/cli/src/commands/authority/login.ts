import { inspect, printable } from '@writ/core'
import { CliError, EXIT, usageError } from '../../cli-error.ts'
import type { Action, Register } from '../../command.ts'
import { readFile, readStream } from '../../input/read-bounded.ts'
import { type KeySource, readPublicKey } from '../../input/read-keys.ts'
import type { Io } from '../../io.ts'
import { describeIdentity, openClient } from '../../session/open-client.ts'
import { readSession, writeSession } from '../../session/session.ts'

const MAX_BYTES = 1024

interface Options extends KeySource {
  readonly url: string
  readonly secretFile?: string
}

/** `writ login` */
export const registerLogin: Register = (program, define) => {
  const command = program
    .command('login')
    .summary('get an identity of an authority, and keep it')
    .description('get an identity of an authority for an enrolment secret, and keep it for later commands')
    .option('--url <url>', 'the authority', 'http://127.0.0.1:7878')
    .option('--secret-file <file>', 'the secret. Default: a pipe, or WRIT_SECRET')
    .option('-k, --key <key>', 'the root public key of the authority. Default: WRIT_PUBLIC_KEY, also from .env')
    .addHelpText('after', '\nExample:\n  writ login --key ed25519/… < writ-data/first-secret')
  define(command, login)
}

const login: Action<Options> = async (io, options) => {
  const key = await readPublicKey(io, options)
  const secret = await readSecret(io, options.secretFile)
  const { client, keys } = await openClient(io, options.url, key, { secret })
  // A secret is good once: it is shown to nobody but the authority of this key.
  await keys.ready().catch(explainKey)
  const identity = await client.identity().catch(explainSecret)
  client.close()
  const { identity: name, expiresAt } = await describeIdentity(io, keys, identity)
  const before = await nameBefore(io)
  const replaced = before === undefined || before === name ? '' : `, in place of ${before}`
  const file = await writeSession(io, { url: options.url, key, identity })
  return {
    text: `${name}, until ${new Date(expiresAt * 1000).toISOString()}${replaced}`,
    json: { identity: name, expiresAt, file },
  }
}

/** Who was logged in, if anybody was. Another session is kept by another XDG_CONFIG_HOME. */
async function nameBefore(io: Io): Promise<string | undefined> {
  try {
    const { subject } = await inspect((await readSession(io)).identity)
    return printable(subject)
  } catch {
    return undefined
  }
}

function explainKey(error: unknown): never {
  if ((error as { code?: unknown }).code !== 'bad_answer') throw error
  throw new CliError(
    EXIT.refused,
    'untrusted_key',
    'this is not the key of that authority, which prints its own when it starts: name it with --key. The secret was not used',
  )
}

function explainSecret(error: unknown): never {
  if ((error as { problem?: unknown }).problem !== 'refused_credential') throw error
  throw new CliError(
    EXIT.refused,
    'refused_credential',
    'the authority refuses the secret: it is good once, and not for long. An administrator makes another one (writ enrol), unless the name was revoked today',
  )
}

async function readSecret(io: Io, file: string | undefined): Promise<string> {
  const given = io.environment['WRIT_SECRET']
  if (file === undefined && given === undefined && io.stdin.isTTY === true)
    throw usageError('secret: pipe it in, name a file with --secret-file, or set WRIT_SECRET')
  const text =
    file === undefined
      ? (given ?? (await readStream(io.stdin, 'stdin', MAX_BYTES)))
      : await readFile(io, file, MAX_BYTES)
  if (text.trim() === '') throw usageError('secret: there is none')
  return text.trim()
}
