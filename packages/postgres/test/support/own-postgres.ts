import { execFileSync } from 'node:child_process'
import { chownSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A PostgreSQL server that only one test uses, so that it can be restarted. */
export interface OwnPostgres {
  /** Its URL, as a superuser. */
  readonly location: string
  restart(): void
  /** Starts a read replica of it. */
  startReplica(): Promise<OwnPostgres>
  remove(): void
}

/**
 * Starts one, as the user `postgres` where this is root, which the server refuses.
 *
 * @param programs - The folder of its programs. Default: those that Debian installs.
 * @returns `undefined` where none is installed.
 */
export async function startOwnPostgres(
  programs: string | undefined = globSync('/usr/lib/postgresql/*/bin').sort().at(-1),
): Promise<OwnPostgres | undefined> {
  const initdb = ['initdb', '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8', '--locale', 'C'] as const
  return programs === undefined ? undefined : start(programs, initdb)
}

/** @param fill - The program that fills a folder with data, and its arguments. */
async function start(programs: string, [fill, ...args]: readonly [string, ...string[]]): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'writ-postgres-'))
  if (isRoot()) chownSync(folder, ...idsOf('postgres'))
  const data = join(folder, 'data')
  const port = await freePort()
  const run = (program: string, ...rest: readonly string[]) => runAsUser(join(programs, program), '-D', data, ...rest)
  const control = (...rest: readonly string[]) => run('pg_ctl', '-w', '-s', ...rest)
  const settings = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off`
  run(fill, ...args)
  control('-l', join(folder, 'log'), '-o', settings, 'start')
  return {
    location: `postgres://postgres@127.0.0.1:${port}/postgres`,
    restart: () => void control('-m', 'fast', '-l', join(folder, 'log'), '-o', settings, 'restart'),
    startReplica: () =>
      start(programs, ['pg_basebackup', '-h', '127.0.0.1', '-p', `${port}`, '-U', 'postgres', '-R', '-c', 'fast']),
    remove() {
      control('-m', 'immediate', 'stop')
      rmSync(folder, { recursive: true })
    },
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function runAsUser(file: string, ...args: readonly string[]): void {
  if (isRoot()) execFileSync('runuser', ['-u', 'postgres', '--', file, ...args], { cwd: '/', stdio: 'ignore' })
  else execFileSync(file, args, { stdio: 'ignore' })
}

function idsOf(user: string): [uid: number, gid: number] {
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' })))
  return [uid ?? 0, gid ?? 0]
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
