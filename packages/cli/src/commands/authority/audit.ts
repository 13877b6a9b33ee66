import { resolve } from 'node:path'
import { EXIT } from '../../cli-error.ts'
import type { Action, Register } from '../../command.ts'
import { readFile } from '../../input/read-bounded.ts'
import { type KeySource, readPublicKey } from '../../input/read-keys.ts'
import { registerAuditList } from './audit-list.ts'

const MAX_BYTES = 4096

interface Options extends KeySource {
  readonly data: string
  readonly since?: string
}

/** `writ audit` */
export const registerAudit: Register = (program, define) => {
  const audit = program.command('audit').description('the audit of an authority')
  const command = audit
    .command('verify')
    .description('find a record that was edited, removed, reordered or rewritten: exit code 1 if there is one')
    .option('--data <folder or url>', 'the folder of the authority, or postgres://…', './writ-data')
    .option('--since <file>', 'a checkpoint that was kept elsewhere: it shows whether older records were rewritten')
    .option('-k, --key <key>', 'a root public key that is trusted. Default: WRIT_PUBLIC_KEY, also from .env')
    .addHelpText('after', '\nExample:\n  writ audit verify --since checkpoint.json')
  define(command, verify)
  registerAuditList(audit, define)
}

const verify: Action<Options> = async (io, options) => {
  const { openStore, parseCheckpoint, verifyAudit } = await import('@writ/authority')
  const trustedRoots = [await readPublicKey(io, options)]
  const since =
    options.since === undefined ? undefined : parseCheckpoint((await readFile(io, options.since, MAX_BYTES)).trim())
  const location = /^postgres(ql)?:/.test(options.data) ? options.data : resolve(io.folder, options.data)
  const store = await openStore(location)
  try {
    const report = await verifyAudit(store, { trustedRoots, since })
    const { intact, faults, records, checkpoints, signedUpTo, sequence } = report
    const lines = intact
      ? [
          `intact: ${records} records, ${checkpoints} signed ${checkpoints === 1 ? 'checkpoint' : 'checkpoints'}, signed up to ${signedUpTo} of ${sequence}`,
        ]
      : faults.map((fault) => `record ${fault.sequence}: ${fault.code}`)
    return { text: lines.join('\n'), json: report, exitCode: intact ? EXIT.done : EXIT.refused }
  } finally {
    await store.close()
  }
}
