import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { logToStderr } from 'service-kit'
import { followAuthority, runService } from 'service-kit/node'
import { createApp } from './create-app.ts'

await runService({
  name: 'depot',
  port: 3005,
  async create(environment) {
    const { keys, revocation, close } = await followAuthority(environment)
    const { DEPLOY_KEY: deployKey = randomBytes(32).toString('hex') } = environment
    const secrets = new Map([['deploy-key', deployKey]])
    const app = createApp({ keys, revocation, secrets, log: logToStderr })
    return (createAdaptorServer({ fetch: app.fetch }) as Server).once('close', close)
  },
})
