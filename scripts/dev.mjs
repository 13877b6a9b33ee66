// Watches one package: runs its tests, and runs them again when its source, its tests or a package that it uses has changed.
// usage: npm run dev -- <package> [options of vitest]      without a package: lists them
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const windows = process.platform === 'win32'
const settings = { cwd: root, shell: windows }

/** Everything with tests: `{ folder, path, manifest }`. */
const workspaces = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(join(root, parent))
    .filter((folder) => existsSync(join(root, parent, folder, 'package.json')))
    .map((folder) => {
      const path = `${parent}/${folder}`
      return { folder, path, manifest: JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) }
    }),
)

/** Watches until vitest ends. */
function watch({ folder, path, manifest }, options) {
  const used = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.devDependencies }
  const siblings = Object.keys(used).filter((name) => workspaces.some((other) => other.manifest.name === name))
  const rebuilt = siblings.length === 0 ? '' : `, and rebuilds ${siblings.join(', ')}`
  console.log(`dev: runs the tests of ${path} on its source when a file changes${rebuilt}; q or Ctrl-C ends it`)
  const build = ['build', `--filter=${manifest.name}^...`, '--output-logs=errors-only']
  let builder
  if (siblings.length > 0) {
    // Once before the tests, so that their first run meets no half-built package.
    const { status } = spawnSync('turbo', ['run', ...build], { ...settings, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) console.log('dev: a package that it uses does not build')
    // In a group of its own: turbo runs below two wrappers, which would be all that ends.
    builder = spawn('turbo', ['watch', ...build], {
      ...settings,
      detached: !windows,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  const tests = spawn('vitest', ['watch', '--project', folder, ...options], { ...settings, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tests.kill(signal))
  tests.on('exit', (code) => {
    if (builder?.exitCode === null) process.kill(windows ? builder.pid : -builder.pid)
    process.exitCode = code ?? 0
  })
}

const [name = '', ...options] = process.argv.slice(2)
const found = workspaces.find(({ folder, manifest }) => [folder, manifest.name].includes(name))
if (found) watch(found, options)
else {
  const lines = workspaces.map(({ folder, manifest }) => `  ${folder.padEnd(12)} ${manifest.description}`)
  console.log(`usage: npm run dev -- <package>\n${lines.join('\n')}`)
  process.exitCode = name === '' ? 0 : 2
}
