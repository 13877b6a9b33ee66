import type { Hono } from 'hono'
import type { Env } from '../../src/bindings.ts'
import { createApp } from '../../src/create-app.ts'
import { TIMEOUT_MS } from './timeout.ts'

/** As `src/worker.ts`, but with less patience. */
const app: Hono<Env> = createApp({ timeoutMs: TIMEOUT_MS })

export default app
