// Compiles packages/postgres/native, and runs the tests of @writ/postgres with it: databases verify signatures by libsodium.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, globSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { startOwnPostgres } from '../../packages/postgres/test/support/own-postgres.ts'
import { report, root } from './support.mjs'

const [programs] = globSync('/usr/lib/postgresql/*/bin').sort().reverse()
const major = programs === undefined ? undefined : basename(dirname(programs))
const problems = []

if (major === undefined || !hasHeaders())
  console.log('skipped: the headers of PostgreSQL and libsodium cannot be had here')
else {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'writ-native-')))
  // The server reads the module as another user.
  chmodSync(folder, 0o755)
  const server = await startOwnPostgres(programs)
  try {
    cpSync(join(root, 'packages/postgres/native'), folder, { recursive: true })
    const flags = [
      `PG_CONFIG=${programs}/pg_config`,
      'COPT=-Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Werror',
    ]
    execFileSync('make', flags, { cwd: folder, stdio: 'pipe', encoding: 'utf8' })
    const { status, stdout } = spawnSync(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--project=postgres'],
      {
        cwd: root,
        env: { ...process.env, DATABASE_URL: server.location, WRIT_ED25519_MODULE: join(folder, 'writ_ed25519') },
        encoding: 'utf8',
      },
    )
    if (status !== 0) problems.push(stdout)
    console.log(stdout.match(/a new token of 2 blocks: .*/)?.[0] ?? '')
  } catch (error) {
    problems.push(`${error.message}\n${error.stderr ?? ''}`)
  } finally {
    server.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}
report(problems, 'a database that verifies by libsodium says what core says')

/** Whether what compiles is there. As root it is installed. */
function hasHeaders() {
  const isThere = () =>
    existsSync(join(programs, '../lib/pgxs/src/makefiles/pgxs.mk')) && existsSync('/usr/include/sodium.h')
  if (!isThere() && process.getuid?.() === 0) {
    const packages = [`postgresql-server-dev-${major}`, 'libsodium-dev', 'make', 'gcc']
    spawnSync('apt-get', ['update'], { stdio: 'ignore' })
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { stdio: 'ignore' })
  }
  return isThere()
}
