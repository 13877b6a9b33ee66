// What users run our packages on besides the Node of the toolchain: programs of the npm registry, installed once into
// the cache.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { output, root } from './support.mjs'

const platform = `${process.platform}-${process.arch}`
const node = (version) => ({ source: `npm:node-${platform}@${version}`, file: 'bin/node' })
const programs = {
  node20: node('20.20.2'),
  node22: node('22.23.3'),
  node24: node('24.21.0'),
  bun: { source: `npm:@oven/bun-${platform.replace('arm64', 'aarch64')}@1.4.5`, file: 'bin/bun' },
  deno: { source: `npm:@deno/${platform}-glibc@2.9.6`, file: 'deno' },
}

/** `[{ name, program }]` for these names, or nothing (and one `skipped:` line) where there are no such packages. */
export function runtimes(names = ['node20', 'node22', 'node24']) {
  if (!['linux-x64', 'linux-arm64'].includes(platform)) {
    console.log(`skipped: ${names.join(', ')}, which are not on the registry for ${platform}`)
    return []
  }
  const folder = join(root, 'node_modules', '.cache', 'runtimes')
  const dependencies = Object.fromEntries(Object.entries(programs).map(([name, { source }]) => [name, source]))
  const manifest = JSON.stringify({ private: true, dependencies })
  const file = join(folder, 'package.json')
  if (!existsSync(join(folder, 'done')) || readFileSync(file, 'utf8') !== manifest) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, manifest)
    // Without links: several provide a program of the same name.
    output('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--no-bin-links', '--prefer-offline'], {
      cwd: folder,
    })
    writeFileSync(join(folder, 'done'), '')
  }
  return names.map((name) => ({ name, program: join(folder, 'node_modules', name, programs[name].file) }))
}
