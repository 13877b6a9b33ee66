// What a bundle weighs after esbuild and gzip: workers as workerd loads them, and a page.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'
import { reporter } from '../support/part.ts'
import { atMost, type Target } from '../support/rows.ts'

const report = reporter('size')
const KIB = 1024

/** As wrangler does it: the suffix says what to make of the file, and is no part of its name. */
const wasmModules: Plugin = {
  name: 'wasm-modules',
  setup: (bundler) =>
    bundler.onResolve({ filter: /\.wasm\?module$/ }, ({ path, importer, kind, resolveDir }) =>
      bundler.resolve(path.replace(/\?module$/, ''), { importer, kind, resolveDir }),
    ),
}

/** Kibibytes after gzip: of all files, and of WebAssembly in them. Bundlers that cannot load it inline it as text. */
async function bundle(entry: string, conditions: string[]): Promise<{ all: number; wasm: number }> {
  const { outputFiles, metafile } = await build({
    entryPoints: { main: fileURLToPath(new URL(`../workers/${entry}.ts`, import.meta.url)) },
    outdir: '/out',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions,
    loader: { '.wasm': 'copy' },
    plugins: [wasmModules],
    logLevel: 'error',
  })
  const sizes = outputFiles.map(({ path, contents }) => ({ path, size: gzipSync(contents, { level: 9 }).length / KIB }))
  const all = sizes.reduce((sum, { size }) => sum + size, 0)
  const carries = Object.keys(metafile.inputs).some((path) => /\.wasm$|biscuit-wasm-base64/.test(path))
  const code = sizes.filter(({ path }) => path.endsWith('.wasm')).reduce((sum, { size }) => sum + size, 0)
  return { all, wasm: carries ? code || all : 0 }
}

async function measureBundle(name: string, entry: string, conditions: string[], targets: Target[] = []): Promise<void> {
  const { all, wasm } = await bundle(entry, conditions)
  report({ name, unit: 'KiB gz', value: all, targets })
  if (targets.length > 0)
    report({ name: 'WebAssembly in it', of: name, unit: 'KiB gz', value: wasm, targets: [atMost(0)] })
}

const WORKER = ['workerd', 'worker', 'browser']
const PAGE = ['browser']
await measureBundle('a worker that verifies', 'verifies', WORKER, [atMost(40)])
await measureBundle('a worker that verifies, with Hono', 'verifies-on-hono', WORKER)
await measureBundle('a worker that narrows', 'narrows', WORKER, [atMost(55)])
await measureBundle('a page that narrows', 'narrows', PAGE)
await measureBundle('a worker that mints', 'mints', WORKER)
