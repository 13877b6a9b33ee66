import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

const PIPE = 3
/** Who is not told that all is over when the pipe ends is alone: whoever held it is gone. */
const SCRIPT = 'read -r over <&3 || { kill -s TERM -- "$1"; sleep 5; kill -s KILL -- "$1"; }'

/**
 * Ends a process, or a group of them, when this one is gone, however it went: a shell waits for a pipe that nobody else holds. In
 * a session of its own it outlives what ends this process and all of its group.
 *
 * @param target - What `kill` takes: the id of a process, or that of a group with a minus in front.
 * @returns A function that says that the target has ended.
 */
export function guardProcess(target: number): () => void {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'writ-guard', String(target)], {
    detached: true,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const pipe = guard.stdio[PIPE] as Writable | null | undefined
  // Where there is no shell, nothing watches.
  guard.on('error', () => undefined)
  pipe?.on('error', () => undefined)
  guard.unref()
  return () => void pipe?.end('over\n')
}
