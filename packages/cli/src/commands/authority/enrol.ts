import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseDuration } from '@writ/core'
import { usageError } from '../../cli-error.ts'
import type { Action, Register } from '../../command.ts'
import { askAdministrator } from '../../session/ask-administrator.ts'

interface Options {
  readonly subject: string
  readonly expires?: string
  readonly out?: string
}

/** `writ enrol` */
export const registerEnrol: Register = (program, define) => {
  const command = program
    .command('enrol')
    .description('a secret with which a service gets its first identity, once')
    .requiredOption('-s, --subject <name>', 'for whom: service:orders')
    .option('-e, --expires <duration>', 'how long it is good: 10m, 1h')
    .option('--out <file>', 'where it is written, for its owner alone. Default: stdout, if that is no terminal')
    .addHelpText('after', '\nExample:\n  writ enrol -s service:orders --out orders.secret')
  define(command, enrol)
}

const enrol: Action<Options> = async (io, { subject, expires, out }) => {
  if (out === undefined && io.stdout.isTTY === true) {
    throw usageError('--out: name a file, or pipe the secret on: it does not belong on a screen')
  }
  const right = { target: 'authority.enrolments', operation: 'write' }
  const body = { subject, ...(expires === undefined ? {} : { expiresIn: parseDuration('--expires', expires) }) }
  const { secret, expiresAt } = (await askAdministrator(io, '/v1/enrolments', right, body)) as {
    readonly secret: string
    readonly expiresAt: number
  }
  const until = new Date(expiresAt * 1000).toISOString()
  if (out === undefined) return { text: secret, json: { subject, secret, expiresAt } }
  await writeFile(resolve(io.folder, out), `${secret}\n`, { flag: 'wx', mode: 0o600 }).catch((cause: unknown) => {
    throw usageError(
      `--out: ${(cause as NodeJS.ErrnoException).code === 'EEXIST' ? 'the file exists' : 'cannot be written'}`,
    )
  })
  return { text: `${out}: a secret for ${subject}, good once, until ${until}`, json: { subject, file: out, expiresAt } }
}
