// Files stay small: none over 400 lines, a median under 130, and an adapter is at most 150 lines of code.
import { basename } from 'node:path'
import { packages, read, report, sources } from './support.mjs'

const LONGEST = 400
const MEDIAN = 130
const ADAPTER = 150
const adapters = ['express', 'fastify', 'hono', 'nestjs', 'mcp']
/** What runs at start-up is not a part of the adapter that sits on a request: the walk over routes, and the module of Nest. */
const isWalker = (file) => /^(assert-guarded|walk|writ-module)/.test(basename(file))

const lines = (text) => text.replace(/\n$/, '').split('\n')
const codeLines = (text) =>
  lines(text.replaceAll(/\/\*[\s\S]*?\*\//g, '')).filter((line) => line.trim() !== '' && !line.trim().startsWith('//'))
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

const problems = []
for (const { folder, path } of packages) {
  const files = sources(path)
  const lengths = files.map((file) => lines(read(file)).length)
  for (const [index, file] of files.entries()) {
    if (lengths[index] > LONGEST) problems.push(`${file}: ${lengths[index]} lines, at most ${LONGEST}`)
  }
  if (median(lengths) >= MEDIAN) problems.push(`${path}: median file of ${median(lengths)} lines, under ${MEDIAN}`)
  if (!adapters.includes(folder)) continue
  const code = files.filter((file) => !isWalker(file)).reduce((sum, file) => sum + codeLines(read(file)).length, 0)
  if (code > ADAPTER) problems.push(`${path}: ${code} lines of code, at most ${ADAPTER}`)
}
report(problems, 'all files are small')
