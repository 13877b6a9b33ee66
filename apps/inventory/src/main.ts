import { logToStderr } from 'service-kit'
import { followAuthority, runService } from 'service-kit/node'
import { createApp } from './create-app.ts'

await runService({
  name: 'inventory',
  port: 3002,
  async create(environment) {
    const { keys, revocation, close } = await followAuthority(environment)
    const { server } = await createApp({ keys, revocation, log: logToStderr })
    return server.once('close', close)
  },
})
