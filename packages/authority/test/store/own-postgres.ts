import { execFileSync } from 'node:child_process'
import { chownSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A PostgreSQL server that only this test uses, so that it can be restarted. */
export interface OwnPostgres {
  /** For `openStore`. */
  readonly location: string
  restart(): void
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
  if (programs === undefined) return undefined
  const isRoot = process.getuid?.() === 0
  const run = (file: string, ...args: readonly string[]) =>
    isRoot
      ? execFileSync('runuser', ['-u', 'postgres', '--', file, ...args], { cwd: '/', stdio: 'ignore' })
      : execFileSync(file, args, { stdio: 'ignore' })
  const folder = mkdtempSync(join(tmpdir(), 'writ-postgres-'))
  if (isRoot) chownSync(folder, ...idsOf('postgres'))
  const data = join(folder, 'data')
  const port = await freePort()
  const control = (...args: readonly string[]) => run(join(programs, 'pg_ctl'), '-D', data, '-w', '-s', ...args)
  const settings = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off`
  run(join(programs, 'initdb'), '-D', data, '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8', '--locale', 'C')
  control('-l', join(folder, 'log'), '-o', settings, 'start')
  return {
    location: `postgres://postgres@127.0.0.1:${port}/postgres`,
    restart: () => void control('-m', 'fast', '-l', join(folder, 'log'), '-o', settings, 'restart'),
    remove() {
      control('-m', 'immediate', 'stop')
      rmSync(folder, { recursive: true })
    },
  }
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
