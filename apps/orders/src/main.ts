import { createClient } from '@writ/client'
import { logToStderr } from 'service-kit'
import { followAuthority, required, runService, snapshotsOf } from 'service-kit/node'
import { createApp } from './create-app.ts'

await runService({
  name: 'orders',
  port: 3001,
  async create(environment) {
    const inventoryUrl = required(environment, 'INVENTORY_URL', 'the URL of the inventory service')
    const billingUrl = required(environment, 'BILLING_URL', 'the URL of the billing service')
    const secret = required(environment, 'WRIT_SECRET', 'an enrolment secret of service:orders')
    const { url, keys, revocation, close } = await followAuthority(environment)
    const identity = { secret, snapshot: snapshotsOf(environment)('identity') }
    const client = createClient({ url, keys, identity, timeout: '2s' })
    const app = await createApp({ keys, revocation, client, inventoryUrl, billingUrl, log: logToStderr })
    return app.getHttpServer().once('close', client.close).once('close', close)
  },
})
