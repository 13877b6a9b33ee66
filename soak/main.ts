// Long runs against the token reader, each in a process of its own. Without a name, all of them; they print how long they took.
// usage: npm run soak -- [name] [--option value ...]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const RUNS = new Map([
  ['agreement', '--pairs 100000 | --minutes 60, --seed 1: generated tokens, compared with biscuit-wasm'],
  ['written', '--pairs 10000 | --minutes 60, --seed 1: blocks that our encoder writes, compared with biscuit-wasm'],
  ['mutations', '--count 100000 | --minutes 60, --seed 1: tokens that were tampered with'],
  ['fuzz', '--minutes 5, --seed 1: bytes that are led by the coverage of the reader'],
  ['load', '--count 100000 | --minutes 60, --loops 3: verifications beside busy processes'],
  [
    'adapters',
    '--requests 100000, --aborts 1000: each adapter under load, and clients that go away; memory stays flat',
  ],
  [
    'hammer',
    '--requests 10000, --seed (random): each framework with random delays in every hook; no refusal lets anything run',
  ],
  [
    'redis',
    '--outages 40 | --minutes 60, --seed 1: a Redis that fails in every way, under load by all clients at once',
  ],
  [
    'authority',
    '--kills 100, --seed (random): an authority that is killed while it mints and revokes, on SQLite and PostgreSQL',
  ],
  ['memory', '--verifications 1000000, --attenuations 100000, --traps 10000: resident memory stays flat'],
])

const [name, ...options] = process.argv.slice(2)
if (name !== undefined && !RUNS.has(name)) {
  console.error('usage: npm run soak -- [name] [--option value ...]; without a name, all of these:')
  for (const [run, text] of RUNS) console.error(`  ${run.padEnd(10)} ${text}`)
  process.exit(2)
}

const failed: string[] = []
for (const run of name === undefined ? RUNS.keys() : [name]) {
  console.log(`== ${run}`)
  const start = performance.now()
  const file = fileURLToPath(new URL(`${run}.ts`, import.meta.url))
  const { status } = spawnSync(process.execPath, ['--expose-gc', file, ...options], { stdio: 'inherit' })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`== ${run}: ${status === 0 ? 'ok' : 'FAILED'} after ${seconds} s`)
  if (status !== 0) failed.push(run)
}
process.exitCode = failed.length > 0 ? 1 : 0
