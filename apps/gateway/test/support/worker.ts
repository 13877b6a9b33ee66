import type { Hono } from 'hono'
import type { Env } from '../../src/bindings.ts'
import { connectWorker } from '../../src/connect.ts'
import { createApp } from '../../src/create-app.ts'

/** Written by the bundler. */
declare const TIMEOUT_MS: number

/** As `src/worker.ts`, with a patience of its own. */
const app: Hono<Env> = createApp({ connectionOf: connectWorker(), timeoutMs: TIMEOUT_MS })

export default app
