import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { createPage, type Page } from '../../src/print/page.ts'

export const DIST: URL = new URL('../../dist/', import.meta.url)
export const DEMO: string = fileURLToPath(new URL('index.js', DIST))

/** Starts Node in the folder of the app, with no more of the environment than is said. */
export function startNode(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...env },
    cwd: fileURLToPath(new URL('../', DIST)),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs the demo as `npm run demo` does. */
export async function runProcess(env?: Readonly<Record<string, string>>, args: readonly string[] = []) {
  // Node 22 warns of its own SQLite.
  const demo = startNode(['--disable-warning=ExperimentalWarning', DEMO, ...args], env)
  const [stdout, stderr, [code]] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'close')])
  return { stdout, stderr, code, lines: stripVTControlCharacters(stdout).split('\n') }
}

/** A page without colours that keeps its lines. */
export function keepLines(columns?: number): { page: Page; lines: string[] } {
  const lines: string[] = []
  return { page: createPage({ env: {}, isTTY: false, columns }, (line) => lines.push(line)), lines }
}

/** The part of a page that is the table of steps, by row: a verdict begins one. */
export function rowsOf(lines: readonly string[]): string[] {
  const head = lines.findIndex((line) => /^Verdict +Request +Answer +Time$/.test(line))
  if (head === -1) return []
  const table = lines.slice(head + 2)
  const rows: string[] = []
  for (const line of table.slice(0, table.indexOf(''))) {
    if (/^(?:PASSED|STOPPED|DIFFERS) /.test(line)) rows.push(line)
    else rows.push(`${rows.pop()}\n${line}`)
  }
  return rows
}
