import type { Duration } from '@writ/core'
import type { Action, Register } from '../../command.ts'
import { readFile } from '../../input/read-bounded.ts'
import { collectPair } from '../../input/read-pairs.ts'
import { openClient } from '../../session/open-client.ts'
import { readSession } from '../../session/session.ts'

const MAX_CONTEXT = 65_536

interface Options {
  readonly resource: string
  readonly operation: string
  readonly designation?: Readonly<Record<string, string>>
  readonly anchor?: string
  readonly expires?: Duration
  readonly contextFile?: string
}

/** `writ get` */
export const registerGet: Register = (program, define) => {
  const command = program
    .command('get')
    .summary('a capability from the authority, by its policy')
    .description('a capability from the authority, if its policy says so: exit code 1 if it does not')
    .requiredOption('-r, --resource <name>', 'the resource: invoices')
    .requiredOption('-o, --operation <name>', 'what is to be done with it: read')
    .option('-d, --designation <label=value>', 'names the object; may be repeated', collectPair)
    .option('-a, --anchor <service>', 'the only service that accepts it')
    .option('-e, --expires <duration>', 'how long it lives: 90s, 5m, 1h')
    .option('--context-file <file>', 'the context of the session in which it is used')
    .addHelpText('after', '\nExample:\n  writ get -r invoices -o read -d tenantId=acme > token')
  define(command, get)
}

const get: Action<Options> = async (io, options) => {
  const { resource: target, operation, designation: designations, anchor, expires: expiresIn, contextFile } = options
  const given = contextFile === undefined ? undefined : (await readFile(io, contextFile, MAX_CONTEXT)).trim()
  const { url, key, identity } = await readSession(io)
  const { client } = await openClient(io, url, key, identity)
  try {
    const request = { target, operation, designations, anchor, expiresIn, context: given }
    const { capability, subject, expiresAt, singleUse, context } = await client.mint(request)
    return { text: capability, json: { token: capability, subject, expiresAt, singleUse, context } }
  } finally {
    client.close()
  }
}
