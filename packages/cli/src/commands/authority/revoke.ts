import { revocationIds } from '@writ/core'
import { usageError } from '../../cli-error.ts'
import type { Action, Register } from '../../command.ts'
import { readToken, type TokenSource } from '../../input/read-token.ts'
import { askAdministrator } from '../../session/ask-administrator.ts'

interface Options extends TokenSource {
  readonly id?: string
  readonly subject?: string
  readonly name?: string
  readonly reason?: string
}

/** A service that only has a public key hears of nothing. */
const HEARD = 'Services hear of it that have the option revocation, see remoteRevocations of @writ/client'

/** `writ revoke` */
export const registerRevoke: Register = (program, define) => {
  const command = program
    .command('revoke')
    .summary('revoke a token, a subject, or a name')
    .description('revoke a token, with all that was minted or narrowed from it, at the authority of the login')
    .option('--id <hex>', 'a revocation id, in place of a token')
    .option('--subject <name>', 'all that was minted for a name and the names below it until now')
    .option('--name <name>', 'the name itself for a day, also for new secrets; cannot be taken back')
    .option('-t, --token-file <file>', 'the token. Default: a pipe, or WRIT_TOKEN')
    .option('--reason <text>', 'kept in the audit')
    .addHelpText('after', '\nExample:\n  writ revoke --reason "found in a log" < leaked.token')
  define(command, revoke)
}

const revoke: Action<Options> = async (io, options) => {
  const { id, subject, name, reason } = options
  const given = [id, subject, name].filter((value) => value !== undefined)
  if (given.length > 1) throw usageError('name one of --id, --subject and --name')
  const what =
    subject !== undefined
      ? { subjectPrefix: subject }
      : name !== undefined
        ? { actorPrefix: name }
        : { revocationId: id ?? revocationIds(await readToken(io, options))[0] }
  const right = { target: 'authority.revocations', operation: 'write' }
  const answer = await askAdministrator(io, '/v1/revocations', right, { body: { ...what, reason } })
  const { sequence, added } = answer as { sequence: number; added: number }
  const text =
    added === 0 ? 'it was revoked before' : `revoked: ${added} entries, up to ${sequence} of the feed. ${HEARD}`
  return { text, json: answer }
}
