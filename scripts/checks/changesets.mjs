// The changesets are valid, every published package has been released or is about to be, and all of them move together.
// `changeset status` alone is no gate: on main it never reports a package without one.
import { existsSync, globSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { packages, read, report, root } from './support.mjs'

const problems = []
const config = JSON.parse(read('.changeset/config.json'))
if (config.access !== 'public') problems.push('.changeset/config.json: access must be public')
if (config.baseBranch !== 'main') problems.push('.changeset/config.json: baseBranch must be main')

const names = new Set(packages.map(({ name }) => name))
// All packages move together, so that a user never has to ask which versions fit.
for (const name of names) {
  if (!config.fixed.flat().some((glob) => matchesGlob(name, glob)))
    problems.push(`.changeset/config.json: fixed does not include ${name}`)
}

const announced = new Set()
for (const path of globSync('.changeset/*.md', { cwd: root })) {
  const [, head, body] = /^---\n([\s\S]*?)---\n([\s\S]*)$/.exec(read(path)) ?? []
  if (head === undefined) {
    problems.push(`${path}: no front matter`)
    continue
  }
  if (body.trim() === '') problems.push(`${path}: says nothing`)
  for (const line of head.split('\n').filter(Boolean)) {
    const [, name, bump] = /^['"]([^'"]+)['"]: (\w+)$/.exec(line) ?? []
    if (!names.has(name)) problems.push(`${path}: ${line} names no published package`)
    else if (!['patch', 'minor', 'major'].includes(bump)) problems.push(`${path}: ${line} is no kind of release`)
    else announced.add(name)
  }
}

for (const { name, path } of packages) {
  if (!announced.has(name) && !existsSync(join(root, path, 'CHANGELOG.md')))
    problems.push(`${name} was never released and no changeset names it`)
}
report(problems, `${announced.size} packages with changes to release`)
