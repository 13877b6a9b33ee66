import type { Action, Register } from '../../command.ts'
import { inWords } from '../../output/in-words.ts'
import { describeIdentity, openClient } from '../../session/open-client.ts'
import { readSession } from '../../session/session.ts'

/** `writ whoami` */
export const registerWhoami: Register = (program, define) => {
  const command = program
    .command('whoami')
    .summary('who is logged in, where, and for how long')
    .description('who is logged in, where, and for how long: exit code 1 if the identity has expired')
    .addHelpText('after', '\nExample:\n  writ whoami')
  define(command, whoami)
}

const whoami: Action<object> = async (io) => {
  const { url, key, identity } = await readSession(io)
  const { keys } = await openClient(io, url, key, identity)
  const { identity: name, expiresAt } = await describeIdentity(io, keys, identity)
  const text = `${name} at ${url}, ${inWords(expiresAt - io.now())} left`
  return { text, json: { identity: name, url, expiresAt } }
}
