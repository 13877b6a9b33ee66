import { createServer } from 'node:http'
import { createRevocationList, type RevocationList } from '@writ/core/verify'
import { logToStderr } from 'service-kit'
import { required, runService } from 'service-kit/node'
import { createApp } from './create-app.ts'
import { createSampleInvoices } from './invoices.ts'

await runService({
  name: 'billing',
  port: 3000,
  create(environment) {
    const app = createApp({
      keys: required(environment, 'WRIT_PUBLIC_KEY', 'the public key of the authority'),
      invoices: createSampleInvoices(),
      revocation: revocationList(environment['REVOKED']),
      log: logToStderr,
    })
    return createServer(app)
  },
})

/** What was revoked before this process began: the list is in memory. */
function revocationList(ids = ''): RevocationList {
  try {
    return createRevocationList(ids.split(',').filter(Boolean))
  } catch (cause) {
    throw new TypeError('REVOKED: must be revocation ids in hex, separated by commas', { cause })
  }
}
