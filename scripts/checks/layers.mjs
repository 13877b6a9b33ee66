// Imports run downward only, and what only verifies never reaches what issues.
import { dirname, join, normalize } from 'node:path'
import { packages, read, report, sources } from './support.mjs'

/** Package folder -> the siblings that it may import. A new package needs a row. */
const allowed = {
  core: [],
  http: ['core'],
  express: ['core', 'http'],
  fastify: ['core', 'http'],
  hono: ['core', 'http'],
  nestjs: ['core', 'http'],
  mcp: ['core'],
  redis: ['core'],
  testing: ['core', 'http'],
  engine: ['core'],
  client: ['core'],
  authority: ['core', 'http', 'engine'],
  cli: ['core', 'client', 'engine', 'authority'],
}
const issuing = ['engine', 'authority', 'cli']
/** These run on every platform, so they import nothing of Node. */
const platformFree = ['core', 'http']
/** The reading half of core; biscuit-wasm, the writing half, must be out of its reach. */
const reading = ['create-verifier', 'inspect', 'revocation-ids', 'create-revocation-list', 'capability-error']

const withoutComments = (text) => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
const importsOf = (path) => {
  const text = withoutComments(read(path))
  const found = text.matchAll(
    /^(?:import|export)\s+(?<type>type\s+)?(?:(?:\w+,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+)\s*from\s*)?['"](?<name>[^'"]+)['"]|\bimport\(\s*['"](?<lazy>[^'"]+)['"]/gm,
  )
  return [...found].map(({ groups }) => ({ name: groups.name ?? groups.lazy, type: Boolean(groups.type) }))
}

const problems = []
const byName = new Map(packages.map((entry) => [entry.name, entry]))
const siblingOf = (name) => [...byName.keys()].find((sibling) => name === sibling || name.startsWith(`${sibling}/`))

for (const { folder, path, manifest } of packages) {
  const mayImport = Object.hasOwn(allowed, folder) ? allowed[folder] : undefined
  if (!mayImport) {
    problems.push(`${path}: no row for it in scripts/checks/layers.mjs`)
    continue
  }
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const sibling = byName.get(name)
    if (sibling && !mayImport.includes(sibling.folder)) problems.push(`${path}/package.json depends on ${name}`)
  }
  for (const file of sources(path)) {
    for (const { name } of importsOf(file)) {
      const sibling = siblingOf(name)
      if (sibling && !mayImport.includes(byName.get(sibling).folder)) problems.push(`${file} imports ${name}`)
      if (sibling && name.includes('/internal')) problems.push(`${file} reaches into ${name}`)
      if (name.startsWith('.') && !normalize(join(dirname(file), name)).startsWith(join(path, 'src')))
        problems.push(`${file} imports ${name}, outside its src`)
      if (platformFree.includes(folder) && name.startsWith('node:')) problems.push(`${file} imports ${name}`)
    }
  }
}

/** Every sibling that installing a package brings along. */
function closure(folder, seen = new Set()) {
  const manifest = packages.find((entry) => entry.folder === folder)?.manifest
  for (const name of Object.keys({ ...manifest?.dependencies, ...manifest?.peerDependencies })) {
    const sibling = byName.get(name)?.folder
    if (sibling && !seen.has(sibling)) closure(sibling, seen.add(sibling))
  }
  return seen
}
for (const { folder, path } of packages.filter(({ folder }) => !issuing.includes(folder))) {
  for (const reached of closure(folder)) {
    if (issuing.includes(reached)) problems.push(`${path} only verifies, but installs ${reached}`)
  }
}

/** Files of core reachable from `start` at run time, each with the way to it. */
function reach(start) {
  const ways = new Map([[start, [start]]])
  for (const [file, way] of ways) {
    for (const { name, type } of importsOf(file)) {
      if (name === '#biscuit-module') problems.push(`reading reaches biscuit-wasm: ${way.join(' -> ')}`)
      const target = name.startsWith('.') ? normalize(join(dirname(file), name)) : undefined
      if (target?.endsWith('.ts') && !type && !ways.has(target)) ways.set(target, [...way, target])
    }
  }
}
const coreFiles = sources('packages/core')
for (const verb of reading) {
  const file = `packages/core/src/${verb}.ts`
  if (coreFiles.includes(file)) reach(file)
}

report(problems, `${packages.length} packages, imports run downward`)
