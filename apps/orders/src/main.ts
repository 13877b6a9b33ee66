import { logToStderr } from 'service-kit'
import { required, runService } from 'service-kit/node'
import { createApp } from './create-app.ts'

await runService({
  name: 'orders',
  port: 3001,
  async create(environment) {
    const app = await createApp({
      publicKey: required(environment, 'WRIT_PUBLIC_KEY', 'the public key of the authority'),
      inventory: {
        url: required(environment, 'INVENTORY_URL', 'the URL of the inventory service'),
        token: required(environment, 'STOCK_TOKEN', 'a capability to reserve stock'),
      },
      billing: {
        url: required(environment, 'BILLING_URL', 'the URL of the billing service'),
        token: required(environment, 'INVOICES_TOKEN', 'a capability to write invoices'),
      },
      log: logToStderr,
    })
    return app.getHttpServer()
  },
})
