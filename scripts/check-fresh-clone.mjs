// Clones the repository into an empty folder and runs `npm test` and `npm run demo` there, as a newcomer would.
// usage: node scripts/check-fresh-clone.mjs [--warm] [--demo] [--worktree]
//   --warm       use the caches of this machine; without it npm's cache and pnpm's store start empty
//   --demo       run only the demo, where the tests run in a fresh clone anyway
//   --worktree   clone what is in the working tree, committed or not, instead of HEAD
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const warm = process.argv.includes('--warm')
const demoOnly = process.argv.includes('--demo')
const worktree = process.argv.includes('--worktree')
const COLD_TEST_SECONDS = 180

const base = realpathSync(mkdtempSync(join(tmpdir(), 'writ-')))
// A path with a space finds every command that forgot to quote.
const clone = join(base, 'fresh clone')
const git = (...args) => execFileSync('git', args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })

/** A repository of one commit that holds the working tree. */
function snapshot() {
  const folder = join(base, 'snapshot')
  git('init', '--quiet', '--initial-branch=main', folder)
  const files = git('-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')
  for (const file of files.filter((file) => file !== '' && existsSync(join(root, file)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  git('-C', folder, 'add', '--all')
  git('-C', folder, '-c', 'user.name=writ', '-c', 'user.email=writ@localhost', 'commit', '--quiet', '-m', 'snapshot')
  return folder
}

function environment() {
  // A newcomer has nothing of ours on the PATH.
  const PATH = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  const env = { ...process.env, CI: 'true', PATH: PATH.join(delimiter) }
  // npm passes its own settings down to the scripts it runs; `npm_config_*` of ours would hide a user's.
  for (const name of Object.keys(env))
    if (/^npm_(?!config_(registry|cafile|proxy|https_proxy))/i.test(name)) delete env[name]
  if (!warm) {
    const empty = (name) => join(base, 'empty', name)
    Object.assign(env, {
      npm_config_cache: empty('npm'),
      npm_config_store_dir: empty('store'),
      XDG_CACHE_HOME: empty('cache'),
      XDG_DATA_HOME: empty('data'),
      XDG_STATE_HOME: empty('state'),
    })
  }
  return env
}

let failed = false
function attempt(command, args, accept) {
  const start = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: clone,
    env: environment(),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  const seconds = (performance.now() - start) / 1000
  const problem = error?.message ?? (status !== 0 ? `exit code ${status}` : accept?.(stdout, seconds))
  console.log(
    `${problem ? 'FAILED' : 'ok    '}  ${command} ${args.join(' ')} (${seconds.toFixed(1)} s)${problem ? `: ${problem}` : ''}`,
  )
  if (problem) console.log(`${stdout ?? ''}${stderr ?? ''}`.trimEnd())
  failed ||= Boolean(problem)
}

try {
  if (!worktree && spawnSync('git', ['-C', root, 'rev-parse', '--quiet', '--verify', 'HEAD']).status !== 0)
    throw new Error('nothing is committed yet: use --worktree')
  git('clone', '--quiet', '--no-local', '--depth=1', worktree ? snapshot() : root, clone)
  const acceptTests = (stdout, seconds) => {
    if (!/^[1-9]\d* passed, 0 failed, \d+ skipped$/.test(stdout.trimEnd().split('\n').at(-1)))
      return 'no such last line'
    return !warm && seconds > COLD_TEST_SECONDS ? `more than ${COLD_TEST_SECONDS} s` : undefined
  }
  if (!demoOnly) attempt('npm', ['test'], acceptTests)
  attempt('npm', ['run', 'demo'], (stdout) => (stdout.split('\n').length > 8 ? undefined : 'prints next to nothing'))
  attempt('git', ['status', '--porcelain'], (stdout) => (stdout === '' ? undefined : 'the commands left files behind'))
} finally {
  rmSync(base, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0
