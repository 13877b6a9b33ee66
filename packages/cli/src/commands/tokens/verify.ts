import { CapabilityError, createVerifier, explain } from '@writ/core'
import { EXIT } from '../../cli-error.ts'
import type { Action, Register } from '../../command.ts'
import { type KeySource, readPublicKey } from '../../input/read-keys.ts'
import { collectPair } from '../../input/read-pairs.ts'
import { readToken, type TokenSource } from '../../input/read-token.ts'
import { coloursFor } from '../../output/colours.ts'
import { drawExplanation } from '../../output/draw-explanation.ts'

interface Options extends KeySource, TokenSource {
  readonly resource: string
  readonly operation: string
  readonly designation?: Readonly<Record<string, string>>
  readonly anchor?: string
  readonly explain?: boolean
}

/** `writ verify` */
export const registerVerify: Register = (program, define) => {
  const command = program
    .command('verify')
    .summary('decide whether a capability permits a request')
    .description('decide whether a capability permits a request: exit code 0 if it does, 1 if not')
    .requiredOption('-r, --resource <name>', 'the resource: invoices')
    .requiredOption('-o, --operation <name>', 'what is to be done with it: read')
    .option('-d, --designation <label=value>', 'the object of the request; may be repeated', collectPair)
    .option('-a, --anchor <service>', 'the service that is asked. Default: none')
    .option('-t, --token-file <file>', 'the token. Default: a pipe, or WRIT_TOKEN')
    .option('-k, --key <key>', 'the root public key. Default: WRIT_PUBLIC_KEY, also from .env')
    .option('-x, --explain', 'show every check, and which of them fails')
    .addHelpText(
      'after',
      '\nExample:\n  writ verify -r invoices -o read -d tenantId=acme -a service:billing -x < narrow.token',
    )
  define(command, decide)
}

const decide: Action<Options> = async (io, options) => {
  const { resource, operation, designation: designations, anchor = null } = options
  const token = await readToken(io, options)
  const request = { resource, operation, designations }
  const verifier = { keys: await readPublicKey(io, options), anchor, now: io.now }
  if (options.explain === true) {
    const found = await explain(token, request, verifier)
    const text = drawExplanation(found, coloursFor(io))
    return { text, json: found, exitCode: found.allowed ? EXIT.done : EXIT.refused }
  }
  try {
    const { subject } = await createVerifier(verifier).verify(token, request)
    return { text: `allowed: ${subject}`, json: { allowed: true, subject } }
  } catch (error) {
    if (!(error instanceof CapabilityError)) throw error
    const { code, message: reason } = error
    return { text: `refused: ${code}: ${reason}`, json: { allowed: false, code, reason }, exitCode: EXIT.refused }
  }
}
