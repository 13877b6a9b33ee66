import { createIdentityVerifier } from '@writ/core'
import type { Action, Register } from '../command.ts'
import { inWords } from '../output/in-words.ts'
import { readSession } from '../session/session.ts'

/** `writ whoami` */
export const registerWhoami: Register = (program, define) => {
  const command = program
    .command('whoami')
    .description('who is logged in, where, and for how long: exit code 1 if the identity has expired')
    .addHelpText('after', '\nExample:\n  writ whoami')
  define(command, whoami)
}

const whoami: Action<object> = async (io) => {
  const { url, key, identity } = await readSession(io)
  const { remoteKeys } = await import('@writ/client')
  const keys = remoteKeys(url, { pinned: key, background: false, onWarning: () => undefined })
  const { identity: name, expiresAt } = await createIdentityVerifier({ keys, now: io.now }).verify(identity)
  const text = `${name} at ${url}, ${inWords(expiresAt - io.now())} left`
  return { text, json: { identity: name, url, expiresAt } }
}
