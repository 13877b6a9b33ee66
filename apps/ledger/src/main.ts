import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { logToStderr } from 'service-kit'
import { followAuthority, runService } from 'service-kit/node'
import { createApp } from './create-app.ts'
import { openLedger } from './open-ledger.ts'

await runService({
  name: 'ledger',
  port: 3006,
  async create(environment) {
    const { keys, revocation, close } = await followAuthority(environment)
    try {
      const { ledger, close: closeDatabase } = await openLedger(environment, { keys, revocation })
      const app = createApp({ ledger, keys, revocation, log: logToStderr })
      const server = createAdaptorServer({ fetch: app.fetch }) as Server
      return server.once('close', () => void closeDatabase().then(close))
    } catch (error) {
      close()
      throw error
    }
  },
})
