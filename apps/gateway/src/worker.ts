import type { Hono } from 'hono'
import { logToStderr } from 'service-kit'
import type { Env } from './bindings.ts'
import { connectWorker } from './connect.ts'
import { createApp } from './create-app.ts'

/** The same app as a Worker. That no route lacks a guard is found out by a test here, not at every start. */
const app: Hono<Env> = createApp({ connectionOf: connectWorker(), log: logToStderr })

export default app
