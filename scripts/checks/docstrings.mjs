// Every public export has a docstring, and every public function or class an example in it.
import { basename } from 'node:path'
import { packages, read, report, sources } from './support.mjs'

const declaration =
  /^(?<doc>\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?(?:@\w+\(.*\)\n)*export (?:declare |async |abstract )*(?<kind>function|class|const|interface|type|enum)\*? (?<name>\w+)/gm

/** Names that a package's index exports: `{ name, file }`. For `export *` the name is `*`, and what that file exports follows. */
function publicNames(path, entry = 'index.ts') {
  const index = read(`${path}/src/${entry}`)
  return [...index.matchAll(/^export (?:type )?(?:\{(?<names>[^}]*)\}|\*) from '\.\/(?<file>[^']+)'/gm)].flatMap(
    ({ groups }) => {
      const file = `${path}/src/${groups.file}`
      if (groups.names === undefined) return [{ name: '*', file }, ...publicNames(path, groups.file)]
      return groups.names
        .split(',')
        .map(
          (part) =>
            part
              .trim()
              .replace(/^type /, '')
              .split(' as ')[0],
        )
        .filter(Boolean)
        .map((name) => ({ name, file }))
    },
  )
}

const problems = []
let seen = 0
for (const { path } of packages) {
  const exported = publicNames(path)
  const files = new Set([...exported.map(({ file }) => file), `${path}/src/index.ts`])
  for (const file of sources(path).filter((file) => files.has(file))) {
    const documented = new Set()
    const wanted = exported.filter((entry) => entry.file === file).map(({ name }) => name)
    for (const { groups } of read(file).matchAll(declaration)) {
      const { doc = '', kind, name } = groups
      const isPublic = basename(file) === 'index.ts' || wanted.includes('*') || wanted.includes(name)
      // The overloads of a function share the docstring of the first.
      if (!isPublic || documented.has(name)) continue
      documented.add(name)
      seen += 1
      if (doc === '') problems.push(`${file}: ${name} has no docstring`)
      else if (['function', 'class'].includes(kind) && !doc.includes('@example'))
        problems.push(`${file}: ${name} has no @example`)
    }
    for (const name of wanted) {
      if (name !== '*' && !documented.has(name)) problems.push(`${file}: ${name} is exported, but not declared here`)
    }
  }
}
report(problems, `${seen} public exports are documented`)
