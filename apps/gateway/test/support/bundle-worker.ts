import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** As wrangler does it: the suffix says what to make of the file, and is no part of its name. */
const wasmModules: Plugin = {
  name: 'wasm-modules',
  setup(bundler) {
    bundler.onResolve({ filter: /\.wasm\?module$/ }, ({ path, importer, kind, resolveDir }) =>
      bundler.resolve(path.replace(/\?module$/, ''), { importer, kind, resolveDir }),
    )
  },
}

/** A worker and all that it imports, as modules for Miniflare, and the files that are in them. `define` replaces names. */
export async function bundleWorker(entry: URL, define: Readonly<Record<string, string>> = {}) {
  const outdir = '/worker'
  const { metafile, outputFiles } = await build({
    entryPoints: { worker: fileURLToPath(entry) },
    outdir,
    define,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    assetNames: '[name]',
    plugins: [wasmModules],
    logLevel: 'warning',
  })
  const modules = outputFiles
    .map(({ path, contents }) => ({
      type: path.endsWith('.wasm') ? ('CompiledWasm' as const) : ('ESModule' as const),
      path: path.slice(outdir.length + 1),
      contents,
    }))
    // The first module is the one that runs.
    .sort((a, b) => a.type.localeCompare(b.type) * -1)
  const inputs = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  )
  return { modules, inputs }
}
