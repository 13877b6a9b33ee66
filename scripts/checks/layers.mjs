// Imports run downward only, and what only verifies never reaches what issues. Needs the built packages.
import { dirname, join, normalize } from 'node:path'
import { build } from 'esbuild'
import { packages, read, report, root, sources } from './support.mjs'

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
/** What only verifies: nothing in the reach of these modules may write a token. */
const reading = [
  'packages/core/dist/verify.js',
  ...['http', 'express', 'fastify', 'hono', 'nestjs'].map((folder) => `packages/${folder}/dist/index.js`),
  'apps/billing/src/main.ts',
  'apps/inventory/src/main.ts',
]

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

// What writes: all that core's main entry has beside the reading one, and whatever lends it biscuit-wasm or private keys.
const main = 'packages/core/dist/index.js'
const writing = new Set(['packages/core/dist/keys/internal/private-keys.js'])
for (const { name } of importsOf(main)) if (name !== './verify.js') writing.add(normalize(join(dirname(main), name)))
const writes = (file) => writing.has(file) || file.startsWith('packages/core/dist/internal/write/biscuit/')

/** The files that import one another from `start` on, each with the way to it: found by a bundler, which resolves as packages say. */
async function reach(start, condition) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [start],
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'nowhere',
    format: 'esm',
    platform: 'neutral',
    conditions: [condition],
    // Nothing is left out for not being used: a program without a bundler loads all of it.
    ignoreAnnotations: true,
    treeShaking: false,
    plugins: [{ name: 'siblings only', setup: leaveOutOthers }],
  })
  const ways = new Map([[start, [start]]])
  for (const [file, way] of ways) {
    for (const { path } of metafile.inputs[file]?.imports ?? []) if (!ways.has(path)) ways.set(path, [...way, path])
  }
  return ways
}

function leaveOutOthers({ onResolve }) {
  onResolve({ filter: /^[^.#/]/ }, ({ path, kind }) =>
    kind === 'entry-point' || siblingOf(path) || path.startsWith('service-kit') ? undefined : { path, external: true },
  )
  onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, external: true }))
}

for (const condition of ['node', 'workerd']) {
  for (const start of reading) {
    const ways = await reach(start, condition)
    const found = [...ways].find(([file]) => writes(file))
    if (found) problems.push(`under ${condition}, what only verifies reaches what writes: ${found[1].join(' -> ')}`)
    if (!ways.has('packages/core/dist/capability/create-verifier.js'))
      problems.push(`under ${condition}, ${start} reaches no verifier`)
  }
  // Were this walk to miss what writes where it is, it would miss it everywhere.
  const found = [...(await reach(main, condition)).keys()].filter(writes)
  for (const file of writing)
    if (!found.includes(file)) problems.push(`under ${condition}, ${main} does not reach ${file}`)
  if (!found.some((file) => /biscuit\/module\.\w+\.js$/.test(file))) {
    problems.push(`under ${condition}, ${main} does not reach biscuit-wasm`)
  }
}

report(problems, `${packages.length} packages, imports run downward; ${reading.length} entries only verify`)
