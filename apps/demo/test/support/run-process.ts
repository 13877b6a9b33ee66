import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

export const DIST: URL = new URL('../../dist/', import.meta.url)

/** Starts Node in the folder of the app, with no more of the environment than is said. */
export function startNode(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...env },
    cwd: fileURLToPath(new URL('../', DIST)),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs the demo as `npm run demo` does. */
export async function runProcess(env?: Readonly<Record<string, string>>) {
  const demo = startNode([fileURLToPath(new URL('index.js', DIST))], env)
  const [stdout, stderr, [code]] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'close')])
  return { stdout, stderr, code, lines: stripVTControlCharacters(stdout).split('\n') }
}
