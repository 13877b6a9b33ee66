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

/** What a fresh process needs to import these modules, one after the other: `{ ms, cpuMs }`. */
function once(names, folder) {
  const code = `
    const [start, cpu] = [performance.now(), process.cpuUsage()]
    ${names.map((name) => `await import('${name}')`).join('\n')}
    const { user, system } = process.cpuUsage(cpu)
    console.log(JSON.stringify({ ms: performance.now() - start, cpuMs: (user + system) / 1000 }))`
  const cwd = fileURLToPath(new URL(`${folder}/`, packages))
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', code], { cwd, encoding: 'utf8' }))
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/**
 * `[{ name, ms, cpuMs, framework, frameworkMs, bothMs }]`, medians. `bothMs`: the framework and then the entry, as a service
 * does. `cpuMs` is what the processor did, in all threads: the one that says something on a busy machine.
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
    ms: median(own.map(({ ms }) => ms)),
    cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
    ...(framework && {
      framework,
      frameworkMs: median(frameworkOnly.map(({ ms }) => ms)),
      bothMs: median(both.map(({ ms }) => ms)),
    }),
  }))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const line = (...cells) => console.log(cells.map((cell, i) => (i ? cell.padStart(11) : cell.padEnd(22))).join(''))
  const show = (ms) => ms?.toFixed(0) ?? ''
  line('milliseconds to import', 'alone', 'of CPU', 'framework', 'both')
  for (const { name, ms, cpuMs, frameworkMs, bothMs } of importTimes(Number(process.argv[2] ?? 20)))
    line(name, show(ms), show(cpuMs), show(frameworkMs), show(bothMs))
}
