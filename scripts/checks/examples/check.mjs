// Type-checks every ```ts block of the Markdown files and every @example of the public docstrings against the built
// packages. Each is a module of its own; ```ts continues``` is compiled together with the block before it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { output, packages, read, report, root, sources, tracked } from '../support.mjs'

const folder = join(root, 'scripts/checks/examples')
const generated = join(folder, 'generated')

/** Fenced TypeScript of a text: `{ line, code, continues }`, the line counted from 1. */
function fences(text) {
  const found = []
  let open
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent, mark, language, info] = /^(\s*)(`{3,}|~{3,})(\w*)\s*(.*)$/.exec(line) ?? []
    if (open && line.trim() === open.mark) {
      if (['ts', 'typescript'].includes(open.language)) found.push(open)
      open = undefined
    } else if (open) open.code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line)
    else if (mark) open = { line: index + 2, code: [], continues: info.trim() === 'continues', mark, language, indent }
  }
  return found
}

/** The examples of a source file, fenced or not. */
function docstringExamples(text) {
  const found = []
  for (const { 0: block, index } of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const start = text.slice(0, index).split('\n').length
    const lines = block.split('\n').map((line) => line.replace(/^\s*\/?\*+\/? ?/, '').replace(/\s*\*\/$/, ''))
    lines.forEach((line, offset) => {
      if (!line.trimStart().startsWith('@example')) return
      const rest = lines.slice(offset + 1)
      const end = rest.findIndex((line) => /^@\w+/.test(line) && !/^@\w+\s*\(/.test(line))
      const body = end === -1 ? rest : rest.slice(0, end)
      const fenced = fences(body.join('\n'))
      const at = start + offset + 1
      if (fenced.length === 0) found.push({ line: at, code: body, continues: false })
      else found.push(...fenced.map((fence) => ({ ...fence, line: fence.line - 1 + at })))
    })
  }
  return found
}

// Code stands at the line where it was found, so that an error's position is that of its source.
function place(lines, { line, code }) {
  while (lines.length < line - 1) lines.push('')
  lines.push(...code)
}

const files = [
  ...tracked()
    .filter((path) => path.endsWith('.md') && !/^\.changeset\/|CHANGELOG\.md$/.test(path))
    .map((path) => ({ path, examples: fences(read(path)) })),
  ...packages.flatMap(({ path }) => sources(path)).map((path) => ({ path, examples: docstringExamples(read(path)) })),
]

rmSync(generated, { recursive: true, force: true })
mkdirSync(generated, { recursive: true })
const origin = new Map()
let count = 0
for (const { path, examples } of files) {
  let modules = []
  for (const example of examples) {
    if (example.continues && modules.length === 0) throw new Error(`${path}:${example.line} continues nothing`)
    // A chain grows as one module: its earlier parts are not compiled twice.
    if (example.continues) modules.at(-1).push(example)
    else modules = [...modules, [example]]
    count += 1
  }
  for (const parts of modules) {
    const name = `${path.replaceAll(/[^\w-]/g, '_')}_${parts[0].line}.ts`
    const lines = []
    for (const part of parts) place(lines, part)
    writeFileSync(join(generated, name), `${lines.join('\n')}\nexport {}\n`)
    origin.set(name, path)
  }
}

const problems = []
if (count > 0) {
  try {
    output('tsc', ['-p', folder, '--pretty', 'false'])
  } catch (error) {
    const found = error.message.split('\n').slice(1)
    problems.push(
      ...found.map((line) => line.replace(/^\S*generated\/(\S+\.ts)\(/, (_, name) => `${origin.get(name)}(`)),
    )
  }
}
report(problems, `${count} examples compile`)
