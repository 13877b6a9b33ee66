// Links in the READMEs of published packages that leave the package become absolute: npm shows the page, and not the
// repository. The address is that of the root's package.json. Each becomes a reference, whose address stands at the end.
// usage: node scripts/docs/links.mjs [--check]      writes; --check fails where it would, and where a link leads nowhere
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { packages, read, report, root } from '../checks/support.mjs'

const repository = JSON.parse(read('package.json')).repository.url.replace(/^git\+(.*)\.git$/, '$1')
const prefix = `${repository.replaceAll('.', '\\.')}/(?:blob|tree)/main/`

/** `[label]: address` of a path in the repository, with or without `#heading`. */
function definition(target) {
  const [path] = target.split('#')
  const kind = statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ? 'tree' : 'blob'
  return `[${target}]: ${repository}/${kind}/main/${target}`
}

/** The page with references instead of relative links that leave `folder`, and a definition of each reference. */
function rewrite(text, folder) {
  const body = text.replaceAll(/\]\((\.\.\/[^)\s]+)\)/g, (_, target) => `][${normalize(join(folder, target))}]`)
  const [prose] = body.split(/\n+(?=\[[\w./#-]+\]: )/)
  const labels = [...prose.matchAll(/\]\[((?:docs|packages|apps|[A-Z]+\.md)\b[\w./#-]*)\]/g)].map(([, label]) => label)
  const definitions = [...new Set(labels)].sort().map(definition)
  return definitions.length === 0 ? body : `${prose.trimEnd()}\n\n${definitions.join('\n')}\n`
}

/** What is wrong with an address of this repository, if anything. */
function problemOf(path, heading) {
  if (!existsSync(join(root, path))) return 'does not exist'
  const page = statSync(join(root, path)).isDirectory() ? join(path, 'README.md') : path
  if (heading === undefined || slugs(read(page)).includes(heading)) return undefined
  return 'has no such heading'
}

/** The anchors that GitHub gives to the headings of a page. */
function slugs(text) {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading.toLowerCase())
  return headings.map((heading) => heading.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'))
}

const check = process.argv.includes('--check')
const problems = []
let count = 0
for (const { path: folder } of packages) {
  const page = `${folder}/README.md`
  const text = read(page)
  const expected = rewrite(text, folder)
  if (!check) writeFileSync(join(root, page), expected)
  else if (text !== expected) problems.push(`${page}: has links that are not right on npm: node scripts/docs/links.mjs`)
  for (const [address, path, heading] of expected.matchAll(new RegExp(`${prefix}([\\w./-]+)(?:#([\\w-]+))?`, 'g'))) {
    count += 1
    const problem = problemOf(path, heading)
    if (problem) problems.push(`${page}: ${address} ${problem}`)
  }
}
report(problems, `${count} links that leave a package are right on npm`)
