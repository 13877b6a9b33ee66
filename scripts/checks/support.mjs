// What the checks share: where things are, and one way to report.
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The text of a file of the repository. */
export const read = (path) => readFileSync(join(root, path), 'utf8')

/** Every folder of `packages/`: `{ name, folder, path, manifest }`, sorted by folder. */
export const workspaces = readdirSync(join(root, 'packages'))
  .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
  .map((folder) => {
    const path = `packages/${folder}`
    const manifest = JSON.parse(read(`${path}/package.json`))
    return { name: manifest.name, folder, path, manifest }
  })

/** Those of them that are published. */
export const packages = workspaces.filter(({ manifest }) => manifest.private !== true)

/** They use a guard, or test one. */
const USE_GUARDS = ['authority', 'cli', 'mcp', 'testing']

/** Those that bind the guard of `@writ/http` to a framework. */
export const adapters = workspaces.filter(
  ({ folder, manifest }) => !USE_GUARDS.includes(folder) && manifest.dependencies?.['@writ/http'] !== undefined,
)

/** The TypeScript sources below a folder, as paths from the root. */
export const sources = (folder) => globSync(`${folder}/src/**/*.ts`, { cwd: root }).sort()

/** Files that git tracks or would track, as paths from the root. */
export const tracked = () =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))

/** Runs a program in a folder and returns its output; its failure is an error that shows it. */
export function output(program, args, options = {}) {
  try {
    return execFileSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26, stdio: 'pipe', ...options })
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? ''}`.trimEnd())
  }
}

/** Ends the check: prints the problems found, if any, and sets the exit code. */
export function report(problems, summary) {
  for (const problem of problems) console.log(problem)
  console.log(problems.length === 0 ? summary : `${problems.length} problem${problems.length === 1 ? '' : 's'}`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
