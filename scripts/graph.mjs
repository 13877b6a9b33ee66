// Prints who imports whom, by folder: `folder -> folder (number of imports)`, imports of types included. Folders are listed so
// that each imports only folders below it. An import that breaks this order is marked `upward`. Circles of files are printed.
// usage: node scripts/graph.mjs [package ...]      default: all packages and apps
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

const root = fileURLToPath(new URL('..', import.meta.url))
const names = process.argv.slice(2)
const all = globSync('{packages,apps}/*/src', { cwd: root }).sort()
const folders = names.length === 0 ? all : all.filter((path) => names.includes(path.split('/')[1]))
if (folders.length === 0) {
  console.error(`no such package: ${names.join(' ')}. There are ${all.map((path) => path.split('/')[1]).join(', ')}`)
  process.exit(2)
}
let circles = 0
for (const folder of folders) circles += print(folder)
process.exitCode = circles > 0 ? 1 : 0

/** Prints the graph of one `src`; returns the number of circles of files. */
function print(src) {
  const files = globSync('**/*.ts', { cwd: join(root, src) }).sort()
  const imports = new Map(files.map((file) => [file, importsOf(join(root, src), file)]))
  const byFolder = new Map(files.map((file) => [dirname(file), new Map()]))
  for (const [file, targets] of imports) {
    const counts = byFolder.get(dirname(file))
    for (const target of targets) {
      const name = imports.has(target) ? dirname(target) : target
      if (name !== dirname(file)) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  const groups = components(byFolder)
  const order = groups.flat()
  console.log(`${src}: ${files.length} files in ${byFolder.size} folders`)
  let upward = 0
  for (const folder of order) {
    const below = new Set(order.slice(order.indexOf(folder) + 1))
    const shown = [...byFolder.get(folder)].map(([name, count]) => {
      const isUpward = byFolder.has(name) && !below.has(name)
      if (isUpward) upward += count
      return `${name} ${count}${isUpward ? ' (upward)' : ''}`
    })
    console.log(`  ${folder} -> ${shown.length === 0 ? 'nothing' : shown.join(', ')}`)
  }
  const circles = components(imports).filter((group) => group.length > 1)
  for (const group of circles) console.log(`  circle of files: ${group.join(', ')}`)
  console.log(`  ${upward} imports upward, ${circles.length} circles of files\n`)
  return circles.length
}

/** What a file imports: files of its own `src` as paths from there, anything else by name. */
function importsOf(src, file) {
  const text = readFileSync(join(src, file), 'utf8')
  const { module, program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`)
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value)),
    ...importTypes(program),
  ]
  // Between its quotes.
  const lazy = module.dynamicImports.map(({ moduleRequest: { start, end } }) => text.slice(start + 1, end - 1))
  const targets = [...requests, ...lazy].filter((name) => name !== undefined)
  return new Set(targets.map((name) => (name.startsWith('.') ? resolve(src, file, name) : name)))
}

/** The modules that types name where they stand: `import('./x.ts').Y`. */
function importTypes(node) {
  if (typeof node !== 'object' || node === null) return []
  const own = node.type === 'TSImportType' ? [node.source.value] : []
  return [...own, ...Object.values(node).flatMap(importTypes)]
}

/** A path from `src`, or the name as it stands where it names no file there. */
function resolve(src, file, name) {
  const path = join(dirname(file), name)
  return existsSync(join(src, path)) ? path : name
}

/** Strongly connected components (Tarjan), the ones that others import last. */
function components(graph) {
  const found = []
  const stack = []
  const seen = new Map()
  for (const node of graph.keys()) if (!seen.has(node)) visit(node)
  return found.reverse()

  function visit(node) {
    const state = { index: seen.size, low: seen.size, open: true }
    seen.set(node, state)
    stack.push(node)
    for (const next of [...graph.get(node)].map((edge) => (Array.isArray(edge) ? edge[0] : edge))) {
      if (!graph.has(next)) continue
      const known = seen.get(next)
      if (known === undefined) state.low = Math.min(state.low, visit(next).low)
      else if (known.open) state.low = Math.min(state.low, known.index)
    }
    if (state.low < state.index) return state
    const group = stack.splice(stack.indexOf(node))
    for (const member of group) seen.get(member).open = false
    found.push(group)
    return state
  }
}
