import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { assertGuarded } from '@writ/hono'
import { logToStderr } from 'service-kit'
import { runService } from 'service-kit/node'
import { assertBindings } from './bindings.ts'
import { createApp } from './create-app.ts'

await runService({
  name: 'gateway',
  port: 3003,
  create(environment) {
    assertBindings(environment)
    const app = createApp({ log: logToStderr })
    assertGuarded(app)
    return createAdaptorServer({ fetch: (request) => app.fetch(request, environment) }) as Server
  },
})
