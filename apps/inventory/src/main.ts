import { logToStderr } from 'service-kit'
import { required, runService } from 'service-kit/node'
import { createApp } from './create-app.ts'

await runService({
  name: 'inventory',
  port: 3002,
  async create(environment) {
    const keys = required(environment, 'WRIT_PUBLIC_KEY', 'the public key of the authority')
    const { server } = await createApp({ keys, log: logToStderr })
    return server
  },
})
