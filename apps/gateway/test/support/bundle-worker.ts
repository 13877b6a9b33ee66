import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

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
    logLevel: 'warning',
  })
  const modules = outputFiles.map(({ path, contents }) => ({
    type: 'ESModule' as const,
    path: path.slice(outdir.length + 1),
    contents,
  }))
  const inputs = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  )
  return { modules, inputs }
}
