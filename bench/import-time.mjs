// How long importing each published entry takes: the median of fresh processes, entries in turns, on files that were read
// before. Needs the built packages. `importTimes` is for other scripts.
// usage: node bench/import-time.mjs [runs]      default: 20
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const packages = new URL('../packages/', import.meta.url)
/** What stands beside an entry in the table: the framework that a service of it imports anyway. */
const frameworks = { express: 'express', fastify: 'fastify', hono: 'hono', nestjs: '@nestjs/core' }

/** Every published entry: `{ name, folder, framework }`. */
function entries() {
  return readdirSync(packages)
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(new URL(`${folder}/package.json`, packages), 'utf8')),
    }))
    .filter(({ manifest }) => manifest.private !== true)
    .flatMap(({ folder, manifest }) =>
      Object.entries(manifest.exports)
        .filter(([, target]) => target.default !== undefined)
        .map(([path]) => ({ name: manifest.name + path.slice(1), folder, framework: frameworks[folder] })),
    )
}

/** Milliseconds that a fresh process needs to import these modules, one after the other. */
function once(names, folder) {
  const imports = names.map((name) => `await import('${name}')`).join('\n')
  const code = `const start = performance.now()\n${imports}\nconsole.log(performance.now() - start)`
  const cwd = fileURLToPath(new URL(`${folder}/`, packages))
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd, encoding: 'utf8' }))
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/**
 * `[{ name, ms, framework, frameworkMs, bothMs }]`, medians. `bothMs`: the framework and then the entry, as a service does.
 */
export function importTimes(runs = 20) {
  const rows = entries().map((entry) => ({ ...entry, own: [], frameworkOnly: [], both: [] }))
  // The first round is not counted: it reads the files.
  for (let run = 0; run <= runs; run++) {
    for (const { name, folder, framework, own, frameworkOnly, both } of rows) {
      const times = [once([name], folder)]
      if (framework) times.push(once([framework], folder), once([framework, name], folder))
      if (run > 0) for (const [index, list] of [own, frameworkOnly, both].entries()) list.push(times[index])
    }
  }
  return rows.map(({ name, framework, own, frameworkOnly, both }) => ({
    name,
    ms: median(own),
    ...(framework && { framework, frameworkMs: median(frameworkOnly), bothMs: median(both) }),
  }))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const show = (ms) => (ms === undefined ? '' : ms.toFixed(0)).padStart(10)
  console.log(
    `${'milliseconds to import'.padEnd(24)}${'alone'.padStart(10)}${'framework'.padStart(10)}${'both'.padStart(10)}`,
  )
  for (const { name, ms, frameworkMs, bothMs } of importTimes(Number(process.argv[2] ?? 20)))
    console.log(`${name.padEnd(24)}${show(ms)}${show(frameworkMs)}${show(bothMs)}`)
}
