import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { assertGuarded } from '@writ/hono'
import { logToStderr } from 'service-kit'
import { runService, snapshotsOf } from 'service-kit/node'
import { assertBindings } from './bindings.ts'
import { connect } from './connect.ts'
import { createApp } from './create-app.ts'

await runService({
  name: 'gateway',
  port: 3003,
  async create(environment) {
    assertBindings(environment)
    const connection = connect(environment, { background: true, snapshot: snapshotsOf(environment)('identity') })
    await connection.settled()
    const app = createApp({ connectionOf: () => connection, log: logToStderr })
    assertGuarded(app)
    const server = createAdaptorServer({ fetch: (request) => app.fetch(request, environment) }) as Server
    return server.once('close', () => void connection.close())
  },
})
