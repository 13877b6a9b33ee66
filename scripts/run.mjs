// Runs one of the root commands; does all set-up first, so that a fresh clone needs nothing but Node >= 20 and npm.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const windows = process.platform === 'win32'
const env = {
  ...process.env,
  // An absolute path: turbo and the scripts below it must find pnpm and the pinned Node from any folder.
  PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  TURBO_CACHE: 'local:rw',
}

const FIRST_RUN = `First run: downloads about 280 MB into node_modules: Node itself, the four frameworks, and what builds and tests.
This happens once, and takes one to five minutes, by network and machine.`

/**
 * Runs a program in the root folder with our PATH. Ends this process when it fails, unless `mayFail`. Its output is shown; with
 * `quiet` only when it fails. `keys`: it reads the keyboard.
 */
function run(program, args, { mayFail = false, quiet = false, keys = false } = {}) {
  const { status, error, stdout } = spawnSync(program, args, {
    cwd: root,
    env,
    stdio: [keys ? 'inherit' : 'ignore', quiet ? 'pipe' : 'inherit', 'inherit'],
    shell: windows,
    maxBuffer: 64 * 1024 * 1024,
  })
  if (error) console.error(`${program}: ${error.message}`)
  const code = error ? 127 : (status ?? 1)
  if (code !== 0 && stdout) process.stdout.write(stdout)
  if (code !== 0 && !mayFail) process.exit(code)
  return code
}

/** Says nothing unless something has to be downloaded: then how much that is, pnpm's progress, and how long it took. */
function install() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const args = ['install', '--frozen-lockfile']
  const known = existsSync(join(bin, 'pnpm'))
  if (known && run('pnpm', [...args, '--offline', '--reporter=silent'], { mayFail: true, quiet: true }) === 0) return
  const start = performance.now()
  console.log(known ? 'Some dependencies are new. Downloading them:' : FIRST_RUN)
  args.push('--prefer-offline', process.stdout.isTTY ? '--reporter=default' : '--reporter=append-only')
  if (known) run('pnpm', args)
  else run('npx', ['--yes', '--prefer-offline', packageManager, ...args])
  console.log(`install: done in ${((performance.now() - start) / 1000).toFixed(1)} s. Now building.`)
}

function turbo(args, options) {
  const start = performance.now()
  const code = run('turbo', ['run', ...args, '--output-logs=errors-only'], { ...options, quiet: true })
  if (code === 0) console.log(`${args[0]}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`)
  return code
}

/** Every test, in one vitest run; its last line is `N passed, N failed, N skipped`. */
function test() {
  const built = turbo(['build'], { mayFail: true })
  if (built !== 0) {
    console.log('the build failed, no test was run\n0 passed, 1 failed, 0 skipped')
    process.exit(built)
  }
  const report = join(root, 'node_modules', '.cache', 'vitest.json')
  rmSync(report, { force: true })
  const code = run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], {
    mayFail: true,
  })
  if (!existsSync(report)) {
    console.log('vitest wrote no report\n0 passed, 1 failed, 0 skipped')
    process.exit(code || 1)
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  )
  // Suites that lack the same thing say so by the same name: one line.
  const skipped = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => !['passed', 'failed'].includes(status))
  for (const name of new Set(skipped.map(({ fullName }) => fullName))) console.log(`skipped: ${name}`)
  // A file that does not load has no failed test of its own; the exit code alone knows.
  const failed = Math.max(numFailedTests, code === 0 ? 0 : 1)
  console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`)
  process.exitCode = failed > 0 ? 1 : 0
}

const args = process.argv.slice(3)

const commands = {
  dev() {
    process.exitCode = run('node', ['scripts/dev.mjs', ...args], { keys: true, mayFail: true })
  },
  test,
  build: () => turbo(['build']),
  demo() {
    // Ctrl-C is for the demo, which stops its services; this process waits for it.
    process.on('SIGINT', () => {})
    turbo(['build', '--filter=demo...'])
    // Node 22 warns of its own SQLite.
    const args = ['--disable-warning=ExperimentalWarning', join('apps', 'demo', 'dist', 'index.js')]
    run('node', [...args, ...process.argv.slice(3)])
  },
  check: () => run('node', ['scripts/checks/all.mjs', ...args]),
  graph: () => run('node', ['scripts/graph.mjs', ...args]),
  soak() {
    turbo(['build'])
    run('node', ['soak/main.ts', ...args])
  },
  bench() {
    turbo(['build'])
    run('node', ['bench/main.ts', ...args])
  },
}

const name = process.argv[2] ?? ''
if (!Object.hasOwn(commands, name)) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(commands).join('|')}`)
  process.exit(2)
}
// A list of packages needs nothing.
if (name !== 'dev' || args.length > 0) install()
commands[name]()
