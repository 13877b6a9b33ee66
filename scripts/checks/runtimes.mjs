// The Node versions that users run besides the one of the toolchain: programs of the npm registry, installed once into
// the cache.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { output, root } from './support.mjs'

const versions = { node20: '20.20.2', node22: '22.23.3', node24: '24.21.0' }
const platform = `${process.platform}-${process.arch}`

/** `[{ name, program }]`, or nothing (and one `skipped:` line) on a platform that has no such packages. */
export function runtimes() {
  if (!['linux-x64', 'linux-arm64'].includes(platform)) {
    console.log(`skipped: other Node versions, which are not on the registry for ${platform}`)
    return []
  }
  const folder = join(root, 'node_modules', '.cache', 'runtimes')
  const dependencies = Object.fromEntries(
    Object.entries(versions).map(([name, version]) => [name, `npm:node-${platform}@${version}`]),
  )
  const manifest = JSON.stringify({ private: true, dependencies })
  const file = join(folder, 'package.json')
  if (!existsSync(join(folder, 'done')) || readFileSync(file, 'utf8') !== manifest) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, manifest)
    // Without links: they all provide a program of the same name.
    output('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--no-bin-links', '--prefer-offline'], {
      cwd: folder,
    })
    writeFileSync(join(folder, 'done'), '')
  }
  return Object.keys(versions).map((name) => ({ name, program: join(folder, 'node_modules', name, 'bin', 'node') }))
}
