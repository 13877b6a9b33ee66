// The last step of a package's build, run in its folder: fills dist from what tsc wrote into build. Each entry becomes one
// file, so that an import reads few files. What several entries share is a file of its own: a class stays one class. Types
// are copied as they are.
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const { exports, imports = {} } = JSON.parse(readFileSync('package.json', 'utf8'))
// Modules that a condition of `imports` chooses are entries as well: users' runtimes and bundlers load them by name.
const targets = Object.values({ ...exports, ...imports }).flatMap((target) => Object.values(target))
const entries = new Set(targets.filter((path) => /^\.\/dist\/.*\.js$/.test(path)))

/** What tsc compiled is ours. All else stays an import: other packages, `#names`, and files that another step puts into dist. */
function leaveOutOthers({ onResolve }) {
  onResolve({ filter: /.*/ }, ({ path, kind, resolveDir }) => {
    const isOurs = kind === 'entry-point' || (path.startsWith('.') && existsSync(join(resolveDir, path)))
    return isOurs ? undefined : { path, external: true }
  })
}

const { metafile } = await build({
  entryPoints: [...entries].map((path) => path.replace('./dist/', 'build/')),
  outbase: 'build',
  outdir: 'dist',
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

const written = new Set(Object.keys(metafile.outputs))
for (const [file, { imports, entryPoint }] of Object.entries(metafile.outputs)) {
  for (const { path, external } of imports) {
    if (!external || !path.startsWith('.')) continue
    if (entryPoint === undefined) throw new Error(`${file} imports ${path}, which is beside another file`)
    written.add(join(dirname(file), path))
  }
}
for (const file of globSync('build/**/*.d.ts{,.map}')) {
  const copy = file.replace('build', 'dist')
  mkdirSync(dirname(copy), { recursive: true })
  copyFileSync(file, copy)
  written.add(copy)
}
// What an earlier build has left.
for (const file of globSync('dist/**/*.{js,js.map,d.ts,d.ts.map}')) if (!written.has(file)) rmSync(file)
rmSync('build', { recursive: true })
