// Every file that CONTRIBUTING.md and docs/contributing name exists, every link between documents leads somewhere, and no package
// or adapter is missing from a list that is kept by hand.
import { existsSync, globSync } from 'node:fs'
import { dirname, join, matchesGlob, normalize } from 'node:path'
import { adapters, packages, read, report, root, tracked, workspaces } from './support.mjs'

const PAGE = 'CONTRIBUTING.md'
const problems = []
const exists = (path) => (path.includes('*') ? globSync(path, { cwd: root }).length > 0 : existsSync(join(root, path)))
const rowsOf = (text) => text.split('\n').filter((line) => line.startsWith('| '))
/** The texts between backticks that are paths from the root: they begin with a folder or file that is there. */
const pathsOf = (text) =>
  [...text.matchAll(/`([\w.@*/-]+)`/g)]
    .map(([, path]) => path)
    .filter((path) => path !== '..' && !path.startsWith('../'))
    .filter((path) => existsSync(join(root, path.split('/')[0])))

const pages = [PAGE, ...globSync('docs/contributing/*.md', { cwd: root })]
const named = pages.flatMap((page) => pathsOf(read(page)).map((path) => ({ page, path })))
for (const { page, path } of named) if (!exists(path)) problems.push(`${page}: there is no ${path}`)

// The first cell of each row in the tables of places names files and nothing else.
const [layout = '', changes = ''] = read(PAGE).split('## To change X, touch Y')
const rows = rowsOf(changes).filter((row) => !/^\| (where|---) /.test(row))
if (rows.length === 0) problems.push(`${PAGE}: the tables of places are missing`)
for (const row of rows) {
  const places = [...row.split('|')[1].matchAll(/`([^`]+)`/g)].map(([, path]) => path)
  if (places.length === 0) problems.push(`${PAGE}: names no file: ${row}`)
  for (const path of places) if (!exists(path)) problems.push(`${PAGE}: there is no ${path}`)
}

// The links of every document that is written by hand.
for (const page of tracked().filter((path) => path.endsWith('.md') && !path.startsWith('.changeset/'))) {
  for (const [, target] of read(page).matchAll(/\]\((?!\w+:|#)([^)#\s]+)[^)]*\)/g)) {
    const path = normalize(join(dirname(page), target))
    if (!existsSync(join(root, path))) problems.push(`${page}: links to ${path}, which does not exist`)
  }
}

/** A package, and the places that must name it. */
function demand({ path }, place, isThere) {
  if (!isThere) problems.push(`${path}: ${place}`)
}
const listed = rowsOf(layout).join('\n')
const overrides = JSON.parse(read('biome.json')).overrides
const restricts =
  (path) =>
  ({ includes, linter }) =>
    includes.some((glob) => matchesGlob(`${path}/src/index.ts`, glob)) &&
    JSON.stringify(linter.rules.style?.noRestrictedImports ?? '').includes('@writ/**')
for (const one of workspaces) {
  demand(one, `has no row in ${PAGE}`, listed.includes(`\`${one.path}\``))
  demand(one, 'biome.json does not say what it may import', overrides.some(restricts(one.path)))
  demand(one, 'has no README.md', exists(`${one.path}/README.md`))
}
for (const one of packages) demand(one, 'has no row in README.md', read('README.md').includes(`](${one.path}) |`))
for (const one of adapters)
  demand(one, 'has no test/conformance.test.ts', exists(`${one.path}/test/conformance.test.ts`))
for (const one of adapters.filter((one) => packages.includes(one))) {
  const { folder, name } = one
  const names = (files) => globSync(files, { cwd: root }).some((file) => read(file).includes(`'${name}'`))
  demand(one, `has no page docs/frameworks/${folder}.md`, exists(`docs/frameworks/${folder}.md`))
  demand(one, 'is not in soak/support/adapter-apps.ts', names('soak/support/adapter-apps.ts'))
  demand(one, 'is not in soak/hammer.ts', read('soak/hammer.ts').includes(`'${folder}/test/`))
  demand(one, 'is installed by no scripts/checks/consumer*', names('scripts/checks/consumer*/*.{mjs,cjs,ts}'))
}
report(
  problems,
  `${named.length} files that ${pages.length} pages name exist; ${workspaces.length} packages are in every list`,
)
