// Cloudflare Workers: workerd itself, without any of Node's modules.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

const here = fileURLToPath(new URL('.', import.meta.url))

/** As wrangler does it: the suffix says what to make of the file, and is no part of its name. */
const wasmModules = {
  name: 'wasm-modules',
  setup(bundler) {
    bundler.onResolve({ filter: /\.wasm\?module$/ }, ({ path, importer, kind, resolveDir }) =>
      bundler.resolve(path.replace(/\?module$/, ''), { importer, kind, resolveDir }),
    )
  },
}

/** Runs the suite in workerd, bundled with its condition and without, and calls `tell(name, outcome)`. */
export async function inWorkerd(tell) {
  tell('workerd', await runInWorkerd('worker', ['workerd', 'worker', 'browser']))
  tell('workerd, without its condition', await runInWorkerd('worker-by-hand', []))
}

/**
 * Runs a runner in workerd.
 *
 * @param define - Names that the runner leaves to the bundler.
 */
export async function runInWorkerd(entry, conditions, define = {}) {
  const outdir = join(here, 'dist', entry)
  await build({
    entryPoints: [join(here, 'runners', `${entry}.ts`)],
    outdir,
    define,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions,
    loader: { '.wasm': 'copy' },
    assetNames: '[name]',
    plugins: [wasmModules],
    logLevel: 'warning',
  })
  const miniflare = new Miniflare({
    rootPath: outdir,
    scriptPath: `${entry}.js`,
    modules: true,
    modulesRules: [{ type: 'CompiledWasm', include: ['**/*.wasm'] }],
    compatibilityDate: '2026-07-01',
    // Asks nobody outside where in the world we are.
    cf: false,
  })
  try {
    const response = await miniflare.dispatchFetch('http://localhost/', { signal: AbortSignal.timeout(60_000) })
    const text = await response.text()
    return response.ok ? JSON.parse(text) : { passed: 0, failures: [`does not run: ${text}`] }
  } finally {
    await miniflare.dispose()
  }
}
