// What npm shows of each published package: where it comes from, as the root's package.json says, and the one oldest Node.
import { packages, read, report } from './support.mjs'

const NODE = '22.13'
const { homepage, bugs, repository } = JSON.parse(read('package.json'))
const problems = []
for (const { path, manifest } of packages) {
  const expected = {
    homepage: homepage.replace('#readme', `/tree/main/${path}#readme`),
    bugs,
    repository: { ...repository, directory: path },
    engines: { node: `>=${NODE}` },
  }
  for (const [key, value] of Object.entries(expected)) {
    if (JSON.stringify(manifest[key]) !== JSON.stringify(value))
      problems.push(`${path}/package.json: ${key} must be ${JSON.stringify(value)}`)
  }
}
for (const page of ['README.md', ...packages.map(({ path }) => `${path}/README.md`)]) {
  const text = read(page)
  if (!text.includes(`Node ${NODE} or newer`)) problems.push(`${page}: must say "Node ${NODE} or newer"`)
}
report(problems, `${packages.length} packages say where they come from, and Node ${NODE}`)
