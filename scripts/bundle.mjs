// The last step of a package's build, run in its folder: makes one file of each entry from what tsc wrote into dist, so that
// an import reads few files. What several entries share is a file of its own: a class stays one class. Types stay as they are.
import { globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const { exports, imports = {} } = JSON.parse(readFileSync('package.json', 'utf8'))
// Modules that a condition of `imports` chooses are entries as well: users' runtimes and bundlers load them by name.
const targets = Object.values({ ...exports, ...imports }).flatMap((target) => Object.values(target))
const entryPoints = [...new Set(targets.filter((path) => /^\.\/dist\/.*\.js$/.test(path)))].map((path) => path.slice(2))
const shared = 'dist/shared'

/** What tsc compiled has types beside it. All else stays an import: other packages, `#names`, and what is vendored. */
function leaveOutOthers({ onResolve }) {
  onResolve({ filter: /.*/ }, ({ path, kind, resolveDir }) => {
    if (kind === 'entry-point') return undefined
    const isOurs = path.startsWith('.') && compiled.has(join(resolveDir, path))
    return isOurs ? undefined : { path, external: true }
  })
}

rmSync(shared, { recursive: true, force: true })
const types = globSync('dist/**/*.d.ts').map((path) => path.replace(/\.d\.ts$/, '.js'))
const compiled = new Set(types.map((path) => join(process.cwd(), path)))
const { metafile } = await build({
  entryPoints,
  outbase: 'dist',
  outdir: 'dist',
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: 'shared/[hash]',
  format: 'esm',
  platform: 'neutral',
  target: 'es2024',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
  plugins: [{ name: 'own modules only', setup: leaveOutOthers }],
})

for (const [file, { imports }] of Object.entries(metafile.outputs)) {
  for (const { path, external } of imports) {
    if (external && path.startsWith('.') && dirname(file) === shared)
      throw new Error(`${file} imports ${path}, which is beside another file`)
  }
}
// What is in the bundles now.
for (const file of types.filter((file) => !(file in metafile.outputs))) {
  rmSync(file, { force: true })
  rmSync(`${file}.map`, { force: true })
}
