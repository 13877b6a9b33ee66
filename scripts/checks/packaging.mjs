// The packed packages are laid out as resolvers expect: publint, are-the-types-wrong, and our own skeleton.
import { pack } from './pack.mjs'
import { output, packages, read, report } from './support.mjs'

/** Files that a build step writes into dist beside what tsc compiles. */
const vendored = /^package\/dist\/internal\/write\/biscuit\/(glue|biscuit-wasm-base64)\.js$/

/** Entries that are files for others than the compiler: they have no types to be wrong. */
const assets = new Map([
  ['@writ/core', './biscuit_bg.wasm'],
  ['@writ/postgres', './migration.sql'],
])

const problems = []
const attempt = (check) => {
  try {
    check()
  } catch (error) {
    problems.push(error.message)
  }
}

for (const { path, manifest } of packages) {
  const expected = { type: 'module', sideEffects: false, license: 'Apache-2.0' }
  for (const [key, value] of Object.entries(expected)) {
    if (manifest[key] !== value) problems.push(`${path}/package.json: ${key} must be ${value}`)
  }
  const main = manifest.exports?.['.']
  if (Object.keys(main ?? {}).join() !== 'types,default')
    problems.push(`${path}/package.json: exports["."] must be { types, default }`)
  if (manifest.types !== main?.types || manifest.main !== main?.default)
    problems.push(`${path}/package.json: types and main must say what exports["."] says`)
}

for (const { name, path, manifest, tarball } of pack('packaging')) {
  attempt(() => output('publint', ['run', tarball, '--strict']))
  const asset = assets.get(name)
  const excluded = asset === undefined ? [] : ['--exclude-entrypoints', asset]
  attempt(() => output('attw', [tarball, '--profile', 'esm-only', '--no-color', '--no-emoji', ...excluded]))
  const files = output('tar', ['-tzf', tarball]).split('\n')
  for (const file of ['package/LICENSE', 'package/README.md', 'package/dist/index.js', 'package/dist/index.d.ts']) {
    if (!files.includes(file)) problems.push(`${name}: the tarball has no ${file.replace('package/', '')}`)
  }
  // Neither tsc nor turbo removes what a renamed source left in dist.
  const hasSource = (file) => files.includes(file.replace('/dist/', '/src/').replace(/\.d\.ts$/, '.ts'))
  const stale = files.filter((file) => /^package\/dist\/.*\.d\.ts$/.test(file) && !hasSource(file))
  const bundles = files.filter((file) => /^package\/dist\/.*\.js$/.test(file) && !vendored.test(file))
  const texts = [JSON.stringify(manifest), ...bundles.map((file) => read(file.replace('package', path)))]
  const isNamed = (file) => texts.some((text) => text.includes(file.replace(/^package\/dist\/(?:shared\/)?/, '/')))
  stale.push(...bundles.filter((file) => !isNamed(file)))
  if (stale.length > 0) problems.push(`${name}: remove its dist and build, ${stale.join(', ')} is no longer built`)
  const maps = bundles.filter((file) => !files.includes(`${file}.map`))
  if (maps.length > 0) problems.push(`${name}: the tarball has no source map of ${maps.join(', ')}`)
  const stray = files.filter((file) => /(^|\/)(test|node_modules|\.turbo)\//.test(file.replace('package/', '')))
  if (stray.length > 0) problems.push(`${name}: the tarball holds ${stray.join(', ')}`)
}
report(problems, `${packages.length} packages are laid out well`)
