// Runs every check, with the time that each takes, and ends with `N passed, N failed, N skipped`.
// usage: node scripts/checks/all.mjs [--full]      --full adds the slow ones: packages as published, load, other runtimes
import { spawnSync } from 'node:child_process'
import { root } from './support.mjs'

const check = (name) => ['node', [`scripts/checks/${name}.mjs`]]

/** All that a change can break in seconds, what breaks most often first. */
const quick = {
  build: ['turbo', ['run', 'build', '--output-logs=errors-only']],
  types: ['turbo', ['run', 'typecheck', '--output-logs=errors-only']],
  'types of the root': ['tsc', ['-p', 'tsconfig.json']],
  'format, lint and imports': ['biome', ['ci', '--colors=off', '--error-on-warnings', '.']],
  promises: ['oxlint', ['--type-aware', '--deny-warnings', '--quiet', '--format=unix']],
  unused: ['knip', ['--no-progress']],
  layers: check('layers'),
  'file sizes': check('file-sizes'),
  docstrings: check('docstrings'),
  examples: check('examples/check'),
  'what npm shows': check('published'),
  'links on npm': ['node', ['scripts/docs/links.mjs', '--check']],
  'bundle sizes': ['node', ['bench/bundle-sizes.mjs', '--check']],
  'error table': ['node', ['scripts/docs/errors.mjs', '--check']],
  'performance table': ['node', ['scripts/docs/performance.mjs', '--check']],
  'ways into user code': check('ways'),
  'where to change what': check('contributing'),
  'mutants that stay': check('mutants'),
  changesets: check('changesets'),
  'tracked text': check('tracked-text'),
}

const slow = {
  packaging: check('packaging'),
  'authority that is killed': ['node', ['soak/main.ts', 'authority', '--kills', '10']],
  'adapters under load': ['node', ['soak/main.ts', 'adapters', '--requests', '2000', '--aborts', '100']],
  'packed install': check('packed-install'),
  'packed in Jest': check('packed-jest'),
  'frameworks for agents': check('agent-frameworks'),
  'other versions of PostgreSQL': check('postgres-versions'),
  'signatures in C': check('postgres-native'),
  'suite on other runtimes': check('other-runtimes'),
  'core on all runtimes': check('all-runtimes'),
  'the bench runs': ['node', ['bench/main.ts', '--quick']],
  'agreement in bulk': ['node', ['soak/main.ts', 'agreement']],
  'written blocks in bulk': ['node', ['soak/main.ts', 'written']],
  'mutated tokens': ['node', ['soak/main.ts', 'mutations']],
  // The run that this is part of has run the tests in a fresh clone already.
  'fresh clone': ['node', ['scripts/check-fresh-clone.mjs', '--warm', '--demo']],
}

const checks = Object.entries(process.argv.includes('--full') ? { ...quick, ...slow } : quick)
const began = performance.now()
const secondsSince = (start) => ((performance.now() - start) / 1000).toFixed(1)
const count = { passed: 0, failed: 0, skipped: 0 }

for (const [name, [program, args]] of checks) {
  const start = performance.now()
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  })
  const passed = status === 0
  count[passed ? 'passed' : 'failed'] += 1
  console.log(`${passed ? 'ok    ' : 'FAILED'}  ${name} (${secondsSince(start)} s)`)
  if (!passed) console.log([error?.message, stdout, stderr].filter(Boolean).join('\n').trimEnd())
  // A check that could not do a part of its work says so itself, one line each; one that has parts counts them.
  for (const line of stdout.split('\n')) {
    const skipped = line.startsWith('skipped: ')
    if (skipped) count.skipped += 1
    if (passed && (skipped || /: \d+ passed, \d+ failed$/.test(line))) console.log(`        ${line}`)
  }
}

console.log(`${checks.length} checks in ${secondsSince(began)} s`)
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
process.exitCode = count.failed > 0 ? 1 : 0
