import { execFileSync } from 'node:child_process'
import { expect } from 'vitest'
import { SERVICES } from '../../src/step.ts'

/** The authority and the services. */
export const PROCESSES: number = SERVICES.length + 1

/** Resolves when nothing answers at any of the URLs any more. */
export async function untilGone(urls: readonly string[]): Promise<void> {
  expect(urls).toHaveLength(PROCESSES)
  for (const url of urls) {
    const answer = () =>
      fetch(url).then(
        () => 'answers',
        () => 'gone',
      )
    await expect.poll(answer, { timeout: 10_000 }).toBe('gone')
  }
}

/** The processes that this one, or the one with the given id, has started: `{ pid, command }`. */
export function childrenOf(parent: number): { pid: number; command: string }[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n')
  return rows.flatMap((row) => {
    const [, pid, ppid, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? []
    return Number(ppid) === parent ? [{ pid: Number(pid), command }] : []
  })
}

/** The URLs of authority and services, as the demo prints them. */
export function urlsIn(lines: readonly string[]): string[] {
  return [...lines.join('\n').matchAll(/http:\S+:\d+$/gm)].map(([url]) => url)
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
