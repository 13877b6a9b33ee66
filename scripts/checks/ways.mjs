// Each row of a table in docs/frameworks names a test that exists. Without a test, the row would be a mere claim.
// The last cell of a row holds `file.test.ts`: "exact title", `http file.test.ts`: "..." for a test of @writ/http, or
// `conformance`: "exact case name"; several are separated by <br>, a semicolon or a comma.
import { existsSync, globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { read, report, root } from './support.mjs'

// As it is built: what it imports is a sibling of that package, not of this file.
const { conformanceCases } = await import(new URL('../../packages/testing/dist/index.js', import.meta.url).href)

/** What a page may write: `http x.test.ts`, or http `x.test.ts`, with the backticks where they are here. */
const CITATION = /^`?(?:(?<http>http)[ `]+)?(?<file>conformance|[\w./-]+\.test(?:-d)?\.ts)`?: "(?<title>.+)"`?$/

const cases = new Set(
  conformanceCases({ name: 'none', mount: () => Promise.reject(new Error('not run')) }).map(({ name }) => name),
)
/** A title as it stands in a source: between quotes of any kind, and escaped as these need it. */
const spellings = (title) => ["'", '"', '`'].map((quote) => `${quote}${title.replaceAll(quote, `\\${quote}`)}${quote}`)

/** The rows of the tables of a page: `{ line, cells }`, without heads. A cell may hold an escaped bar. */
function rowsOf(text) {
  const rows = text.split('\n').map((line, index) => ({ line: index + 1, text: line.trim() }))
  const isRule = (row) => /^\|(?:\s*:?-+:?\s*\|)+$/.test(row?.text ?? '')
  return rows
    .filter((row, index) => row.text.startsWith('|') && !isRule(row) && !isRule(rows[index + 1]))
    .map(({ line, text: row }) => ({ line, cells: row.replace(/^\||\|$/g, '').split(/(?<!\\)\|/) }))
}

/** What is wrong with a citation on the page of a framework, if anything. */
function problemOf(citation, framework) {
  const { http, file, title: written } = CITATION.exec(citation)?.groups ?? {}
  if (file === undefined) return `cannot be read: ${citation}`
  const title = written.replaceAll(/\\([|"])/g, '$1')
  if (file === 'conformance') return cases.has(title) ? undefined : `there is no conformance case "${title}"`
  const path = `packages/${http ?? framework}/test/${file}`
  if (!existsSync(join(root, path))) return `there is no ${path}`
  const source = read(path)
  return spellings(title).some((spelling) => source.includes(spelling)) ? undefined : `${path} has no test "${title}"`
}

/** The citations of a cell. Within a title, a separator does not separate. */
const citationsOf = (cell) =>
  cell
    .split(/(?<=")\s*(?:<br\s*\/?>|[;,])\s*(?=`|http\b|conformance\b|$)/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

const problems = []
let seen = 0
const pages = globSync('docs/frameworks/*.md', { cwd: root }).sort()
for (const page of pages) {
  const framework = basename(page, '.md')
  if (!existsSync(join(root, 'packages', framework))) problems.push(`${page}: there is no package ${framework}`)
  const rows = rowsOf(read(page))
  if (rows.length === 0) problems.push(`${page}: has no table`)
  for (const { line, cells } of rows) {
    const citations = citationsOf(cells.at(-1))
    if (citations.length === 0) problems.push(`${page}:${line} names no test`)
    for (const citation of citations) {
      seen += 1
      const problem = problemOf(citation, framework)
      if (problem) problems.push(`${page}:${line} ${problem}`)
    }
  }
}
report(problems, `${seen} tests are named by ${pages.length} pages, and exist`)
