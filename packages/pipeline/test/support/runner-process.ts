// A runner, as a process: `node runner-process.ts <url> <where its job sends its token>`. Its job stays.
import { fileURLToPath } from 'node:url'
import { createClient } from '@writ/client'
import { startRun } from '../../src/start-run.ts'

const [, , url = '', thief = ''] = process.argv
const keys = process.env['WRIT_PUBLIC_KEY'] ?? ''
const client = createClient({ url, keys, identity: { secret: process.env['WRIT_SECRET'] ?? '' } })
const run = await startRun({ client, keys, identity: await client.identity() })
const job = await run.job('test', { expiresIn: '1m' })
const path = fileURLToPath(new URL('job-process.ts', import.meta.url))
const { pid } = job.start(process.execPath, ['--no-warnings', path, 'steal', thief], { output: console.error })
console.log(JSON.stringify({ pid, subject: job.subject, expiresAt: job.expiresAt, runExpiresAt: run.expiresAt }))
