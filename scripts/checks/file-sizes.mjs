// Folders and files stay small enough to find one's way. Biome limits the lines of each file (`noExcessiveLinesPerFile`); this
// limits the files of each folder, the median file of each package, and what an adapter runs on each request.
import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import { adapters, read, report, root, sources, workspaces } from './support.mjs'

const FILES_PER_FOLDER = 15
const MEDIAN_LINES = 130
/** Lines of code outside `startup/`, where checks lie that run once, before the first request. */
const ADAPTER_LINES = 460

const lines = (text) => text.replace(/\n$/, '').split('\n')
const codeLines = (text) =>
  lines(text.replaceAll(/\/\*[\s\S]*?\*\//g, '')).filter((line) => line.trim() !== '' && !line.trim().startsWith('//'))
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0)

const problems = []
for (const { path } of workspaces) {
  const files = sources(path)
  const middle = median(files.map((file) => lines(read(file)).length))
  if (middle >= MEDIAN_LINES)
    problems.push(`${path}: the median file has ${middle} lines, must be under ${MEDIAN_LINES}`)
}
const folders = Map.groupBy(globSync('{packages,apps}/*/src/**/*.ts', { cwd: root }), (file) => dirname(file))
for (const [folder, files] of folders) {
  if (files.length > FILES_PER_FOLDER) problems.push(`${folder}: ${files.length} files, at most ${FILES_PER_FOLDER}`)
}
for (const { path } of adapters) {
  const onRequests = sources(path).filter((file) => !file.includes('/startup/'))
  const code = sum(onRequests.map((file) => codeLines(read(file)).length))
  if (code > ADAPTER_LINES) problems.push(`${path}: ${code} lines of code outside startup/, at most ${ADAPTER_LINES}`)
}
report(problems, `${folders.size} folders and ${adapters.length} adapters are small`)
