// XS, Moddable's engine for microcontrollers, from the C sources in a package of the npm registry, built once into the cache.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { output, root } from './support.mjs'

const SOURCE = '@agoric/xsnap@0.15.0'

/** The path of a program that runs a module, or nothing (and one `skipped:` line) where it cannot be built. */
export function xs() {
  const missing = ['make', 'cc'].find((tool) => spawnSync(tool, ['--version']).status !== 0)
  if (process.platform !== 'linux' || missing !== undefined) {
    console.log(`skipped: XS, which needs ${missing ?? 'Linux'}`)
    return undefined
  }
  const folder = join(root, 'node_modules', '.cache', 'xs', SOURCE.replaceAll('/', '-'))
  const program = join(folder, 'moddable', 'build', 'bin', 'lin', 'release', 'xsnap')
  if (existsSync(program)) return program
  const unpacked = `${folder}.new`
  rmSync(unpacked, { recursive: true, force: true })
  mkdirSync(unpacked, { recursive: true })
  const [{ filename }] = JSON.parse(output('npm', ['pack', SOURCE, '--json', '--prefer-offline'], { cwd: unpacked }))
  output('tar', ['xzf', filename, '--strip-components=1'], { cwd: unpacked })
  rmSync(folder, { recursive: true, force: true })
  renameSync(unpacked, folder)
  const makefiles = join(folder, 'xsnap-native', 'xsnap', 'makefiles', 'lin')
  output('make', ['-f', 'xsnap.mk', 'GOAL=release', `MODDABLE=${join(folder, 'moddable')}`], { cwd: makefiles })
  return program
}
