// Packs every published package as it would be published.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { output, packages, root } from './support.mjs'

/** Packs into a folder of the cache, emptied first, and returns `[{ name, path, manifest, tarball }]`. */
export function pack(folderName) {
  const folder = join(root, 'node_modules', '.cache', folderName)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return packages.map(({ name, path, manifest }) => {
    output('pnpm', ['pack', '--pack-destination', folder], { cwd: join(root, path) })
    return {
      name,
      path,
      manifest,
      tarball: join(folder, `${name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`),
    }
  })
}
