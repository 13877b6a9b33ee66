import { type Duration, mintCapability, mintIdentity } from '@writ/core'
import type { Command } from 'commander'
import type { Action, Register } from '../../command.ts'
import { type KeySource, readPrivateKey } from '../../input/read-keys.ts'
import { collectPair } from '../../input/read-pairs.ts'

interface IdentityOptions extends KeySource {
  readonly subject: string
  readonly expires?: Duration
  readonly delegatable?: boolean
}

interface CapabilityOptions extends KeySource {
  readonly subject: string
  readonly resource: string
  readonly operation: string
  readonly designation?: Readonly<Record<string, string>>
  readonly anchor?: string
  readonly expires?: Duration
}

/** `writ mint` */
export const registerMint: Register = (program, define) => {
  const mint = program.command('mint').description('mint a token with the private key, outside of any policy')
  const capability = withSigner(mint.command('capability', { isDefault: true }))
    .description('mint a capability: who may do what to which object (default)')
    .requiredOption('-r, --resource <name>', 'the resource: invoices')
    .requiredOption('-o, --operation <name>', 'what may be done with it: read')
    .option('-d, --designation <label=value>', 'names the object; may be repeated', collectPair)
    .option('-a, --anchor <service>', 'the only service that accepts it')
    .addHelpText('after', '\nExample:\n  writ mint -s alice -r invoices -o read -d tenantId=acme -a service:billing')
  define(capability, capabilityFrom)
  const identity = withSigner(mint.command('identity'))
    .description('mint an identity: it says who somebody is, and permits nothing')
    .option('--delegatable', 'its bearer may also speak as names below it')
    .addHelpText('after', '\nExample:\n  writ mint identity -s agent:alice --delegatable')
  define(identity, identityFrom)
}

function withSigner(command: Command): Command {
  return command
    .requiredOption('-s, --subject <name>', 'for whom: service:gateway')
    .option('-e, --expires <duration>', 'how long it lives: 90s, 5m, 1h')
    .option('--private-key-file <file>', 'the private key. Default: WRIT_PRIVATE_KEY, also from .env')
}

const capabilityFrom: Action<CapabilityOptions> = async (io, options) => {
  const { subject, resource, operation, designation: designations, anchor, expires: expiresIn } = options
  const privateKey = await readPrivateKey(io, options)
  const right = { subject, resource, operation, designations, anchor, expiresIn, now: io.now }
  const token = await mintCapability(right, privateKey)
  return { text: token, json: { token } }
}

const identityFrom: Action<IdentityOptions> = async (io, options) => {
  const { subject, delegatable, expires: expiresIn } = options
  const privateKey = await readPrivateKey(io, options)
  const token = await mintIdentity({ subject, delegatable, expiresIn, now: io.now }, privateKey)
  return { text: token, json: { token } }
}
