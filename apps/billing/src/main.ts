import { createServer } from 'node:http'
import { logToStderr } from 'service-kit'
import { followAuthority, runService } from 'service-kit/node'
import { createApp } from './create-app.ts'
import { createSampleInvoices } from './invoices.ts'

await runService({
  name: 'billing',
  port: 3000,
  async create(environment) {
    const { keys, revocation, close } = await followAuthority(environment)
    const app = createApp({ keys, revocation, invoices: createSampleInvoices(), log: logToStderr })
    return createServer(app).once('close', close)
  },
})
