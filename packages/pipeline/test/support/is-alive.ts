import { spawnSync } from 'node:child_process'

/** Whether a process runs. One that nobody has waited for yet is dead, and still has its number. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}

/** How many shells watch over a process. */
export function countGuards(pid: number): number {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
  return stdout.split('\n').filter((line) => line.includes('writ-guard') && line.trim().endsWith(` -${pid}`)).length
}
