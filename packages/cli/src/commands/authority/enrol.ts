import { open, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseDuration, printable } from '@writ/core'
import { usageError } from '../../cli-error.ts'
import type { Action, Register } from '../../command.ts'
import { askAdministrator } from '../../session/ask-administrator.ts'

interface Options {
  readonly subject: string
  readonly expires?: string
  readonly out?: string
}

interface Enrolment {
  readonly secret: string
  /** Unix seconds. */
  readonly expiresAt: number
}

const RIGHT = { target: 'authority.enrolments', operation: 'write' }

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
  const body = { subject, ...(expires === undefined ? {} : { expiresIn: parseDuration('--expires', expires) }) }
  const ask = async () => (await askAdministrator(io, '/v1/enrolments', RIGHT, { body })) as Enrolment
  if (out === undefined) {
    const { secret, expiresAt } = await ask()
    return { text: secret, json: { subject, secret, expiresAt } }
  }
  const path = resolve(io.folder, out)
  // Before it is asked for: a secret that cannot be written would be lost, and good.
  await using file = await open(path, 'wx', 0o600).catch(({ code }: NodeJS.ErrnoException) => {
    throw usageError(`--out: ${code === 'EEXIST' ? 'the file exists' : 'cannot be written'}`)
  })
  try {
    const { secret, expiresAt } = await ask()
    await file.writeFile(`${secret}\n`)
    const until = new Date(expiresAt * 1000).toISOString()
    const text = `${printable(out)}: a secret for ${printable(subject)}, good once, until ${until}`
    return { text, json: { subject, file: out, expiresAt } }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}
