// Mutation testing of the reader and of the guard, with Stryker: changes one operator, condition or default at a time,
// and expects a test to fail. Works in a copy of the working tree in a temporary folder, never in the tree itself.
// usage: node scripts/mutants.mjs [reader] [guard] [--only <file> ...]
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EQUIVALENT } from './mutants/equivalent.mjs'
import { REASONS, strykerPlugins } from './mutants/ignored.mjs'
import { SETS } from './mutants/sets.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const STRYKER = '10.1.1'
/** A mutant under which the tests cannot even be loaded is a `RuntimeError`. */
const KILLED = ['Killed', 'Timeout', 'RuntimeError']

const [names, only] = split(process.argv.slice(2))
for (const name of names) if (!Object.hasOwn(SETS, name)) throw new Error(`unknown set of mutants: ${name}`)

const copy = realpathSync(mkdtempSync(join(tmpdir(), 'writ-mutants-')))
const env = {
  ...process.env,
  PATH: `${join(copy, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
}
const totals = { killed: 0, survived: 0, explained: 0 }
try {
  prepare()
  for (const name of names.length === 0 ? Object.keys(SETS) : names) report(name, mutate(name, SETS[name]))
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(`not made: ${REASONS.join('; ')}`)
console.log(`${totals.killed} passed, ${totals.survived} failed, ${totals.explained} skipped`)
process.exitCode = totals.survived > 0 ? 1 : 0

function split(args) {
  const at = args.indexOf('--only')
  return at === -1 ? [args, []] : [args.slice(0, at), args.slice(at + 1)]
}

/** Copies what git tracks or would track, installs Stryker beside what the lock file says, builds. */
function prepare() {
  const listed = execFileSync('git', ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'])
  for (const file of listed.toString().split('\0')) {
    if (file === '' || !existsSync(join(root, file))) continue
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  const { packageManager } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'))
  const pnpm = (...args) => run(copy, 'npx', ['--yes', '--prefer-offline', packageManager, ...args])
  pnpm('install', '--frozen-lockfile', '--prefer-offline')
  const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${STRYKER}`)
  pnpm('add', '--workspace-root', '--save-dev', '--save-exact', '--prefer-offline', ...packages)
  run(copy, 'turbo', ['run', 'build', '--filter=@writ/http...', '--output-logs=errors-only'])
}

function run(cwd, program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  })
  if (status === 0) return
  throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`)
}

/** Runs Stryker on one set; returns its mutants. */
function mutate(name, { folder, tests, files, sources = [] }) {
  const cwd = join(copy, folder)
  const entry = `mutants/${name}.test.ts`
  mkdirSync(join(cwd, 'mutants'), { recursive: true })
  // One file for all tests, because starting a worker per file takes longer than most mutants live.
  writeFileSync(join(cwd, entry), tests.map((test) => `import '../${test}.test.ts'\n`).join(''))
  const alias = Object.fromEntries(
    sources.map((source) => [`@writ/${source}`, join(copy, 'packages', source, 'src', 'index.ts')]),
  )
  const vitest = { resolve: { alias }, test: { include: [entry], testTimeout: 20_000 } }
  writeFileSync(join(cwd, 'vitest.mutants.mjs'), `export default ${JSON.stringify(vitest)}\n`)
  cpSync(join(root, 'scripts', 'mutants', 'ignored.mjs'), join(cwd, 'mutants', 'ignored.mjs'))
  const config = {
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner', './mutants/ignored.mjs'],
    vitest: { configFile: 'vitest.mutants.mjs', related: false },
    mutate: only.length > 0 ? only.map((file) => file.replace(`${folder}/`, '')) : files,
    mutator: { excludedMutations: ['StringLiteral'] },
    ignorers: strykerPlugins.map(({ name }) => name),
    // The copy is all there is to spoil, and a sandbox inside it would not find the settings of the root.
    inPlace: true,
    tsconfigFile: 'none',
    coverageAnalysis: 'perTest',
    concurrency: 2,
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: 'mutants/report.json' },
  }
  writeFileSync(join(cwd, 'stryker.mutants.json'), JSON.stringify(config))
  console.log(`${name}: ${config.mutate.join(' ')}`)
  const start = performance.now()
  run(cwd, 'stryker', ['run', 'stryker.mutants.json'])
  console.log(`${name}: ${Math.round((performance.now() - start) / 1000)} s`)
  const { files: mutated } = JSON.parse(readFileSync(join(cwd, 'mutants', 'report.json'), 'utf8'))
  return Object.entries(mutated).flatMap(([file, { source, mutants }]) =>
    mutants.map(({ location, ...mutant }) => ({ ...mutant, ...place(source, location), file: `${folder}/${file}` })),
  )
}

/** The line a mutant begins on, and the text that it replaces. */
function place(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1)
  lines[0] = lines[0].slice(start.column - 1)
  return { line: start.line, original: lines.join('\n') }
}

function report(name, mutants) {
  const unused = new Set(EQUIVALENT.filter(({ file }) => mutants.some((mutant) => mutant.file === file)))
  for (const { file, line, original, replacement, status } of mutants) {
    if (KILLED.includes(status)) totals.killed++
    else if (status === 'Survived' || status === 'NoCoverage') {
      const change = `${oneLine(original)} -> ${oneLine(replacement)}`
      const known = EQUIVALENT.find((entry) => entry.file === file && entry.change === change)
      if (known === undefined) {
        totals.survived++
        console.log(`survived: ${file}:${line} ${change}`)
      } else {
        totals.explained++
        unused.delete(known)
      }
    } else if (status !== 'Ignored') throw new Error(`${name}: ${file}:${line} ended as ${status}`)
  }
  for (const { file, change } of unused) {
    totals.survived++
    console.log(`explained, but it does not survive: ${file} ${change}`)
  }
}

function oneLine(text) {
  return text.replaceAll(/\s+/g, ' ').trim()
}
