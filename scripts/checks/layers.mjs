// What only verifies never reaches what writes tokens or holds private keys, and what only holds tokens never reaches what mints
// them, on any platform. Needs the built packages.
// A built file is a bundle: its source map says what is in it. Which package may import which is in biome.json; `npm run
// graph` prints who does.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { build } from 'esbuild'
import { adapters, report, root, workspaces } from './support.mjs'

const MAIN = 'packages/core/dist/index.js'
const VERIFY = 'packages/core/src/verify.ts'
const HOLD = 'packages/core/src/hold.ts'
const NARROWS = 'packages/core/src/internal/write/append-block.ts'
const VERIFIER = 'packages/core/src/capability/create-verifier.ts'
const PRIVATE_KEYS = 'packages/core/src/keys/internal/private-keys.ts'
const BISCUIT = 'packages/core/src/internal/write/biscuit/'
/** What only verifies: nothing in the reach of these modules may write a token. */
const reading = [
  'packages/core/dist/verify.js',
  'packages/http/dist/index.js',
  ...adapters.map(({ path }) => `${path}/dist/index.js`),
  'apps/billing/src/main.ts',
  'apps/inventory/src/main.ts',
]
/** What holds tokens and narrows them: nothing in their reach may mint one, or load WebAssembly. */
const holding = [
  'packages/core/dist/hold.js',
  'packages/pipeline/dist/index.js',
  'apps/gateway/src/worker.ts',
  'apps/orders/src/main.ts',
]

const isSibling = (name) => workspaces.some((sibling) => name === sibling.name || name.startsWith(`${sibling.name}/`))

/** What a file imports, and what that imports, and so on: from each file to what it imports. Resolved as packages say. */
async function importsFrom(start, condition) {
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
  return new Map(Object.entries(metafile.inputs).map(([file, { imports }]) => [file, imports.map(({ path }) => path)]))
}

/** The sources whose code is in a built file; the file itself where it is no bundle of ours. */
function sourcesOf(file) {
  if (!/^packages\/\w+\/dist\/.*\.js$/.test(file) || !existsSync(join(root, `${file}.map`))) return [file]
  const { sources } = JSON.parse(readFileSync(join(root, `${file}.map`), 'utf8'))
  return sources.map((source) => normalize(join(dirname(file), source)))
}

/** From each source in reach to the way that leads to it. */
function reach(start, imports) {
  const ways = new Map([[start, [start]]])
  for (const [file, way] of ways) {
    for (const next of imports.get(file) ?? []) if (!ways.has(next)) ways.set(next, [...way, next])
  }
  return new Map([...ways].flatMap(([file, way]) => sourcesOf(file).map((source) => [source, [...way, source]])))
}

function leaveOutOthers({ onResolve }) {
  onResolve({ filter: /^[^.#/]/ }, ({ path, kind }) =>
    kind === 'entry-point' || isSibling(path) || path.startsWith('service-kit') ? undefined : { path, external: true },
  )
  onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, external: true }))
}

const problems = []
for (const condition of ['node', 'workerd']) {
  const importsOf = async (source) => (await importsFrom(source, condition)).get(source)
  // What mints: all that the source of core's main entry has beside the one that holds. What writes: also all that the latter
  // has beside the one that reads, and private keys.
  const minting = (await importsOf('packages/core/src/index.ts')).filter((file) => file !== HOLD)
  const writing = [PRIVATE_KEYS, NARROWS, ...(await importsOf(HOLD)).filter((file) => file !== VERIFY), ...minting]
  const isLibrary = (file) => file.startsWith(BISCUIT) || /dist\/.*(?:glue|wasm-base64)\.js$/.test(file)
  const check = async (start, needed, forbidden, what) => {
    const ways = reach(start, await importsFrom(start, condition))
    const found = [...ways].find(([source]) => forbidden.includes(source) || isLibrary(source))
    if (found) problems.push(`under ${condition}, ${what}: ${found[1].join(' -> ')}`)
    if (!ways.has(needed)) problems.push(`under ${condition}, ${start} does not reach ${needed}`)
  }
  for (const start of reading) await check(start, VERIFIER, writing, 'what only verifies reaches what writes')
  for (const start of holding) await check(start, NARROWS, minting, 'what only holds tokens reaches what mints')
  // If this walk missed what writes where it is known to be, it would miss it everywhere.
  const all = [...reach(MAIN, await importsFrom(MAIN, condition)).keys()]
  for (const file of writing)
    if (!all.includes(file)) problems.push(`under ${condition}, ${MAIN} does not reach ${file}`)
  if (!all.some((file) => file.startsWith(`${BISCUIT}module.`)))
    problems.push(`under ${condition}, ${MAIN} does not reach biscuit-wasm`)
}
report(problems, `${reading.length} entries only verify, ${holding.length} only hold tokens`)
