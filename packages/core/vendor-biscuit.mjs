// Puts the reference implementation (biscuit-wasm, a devDependency pinned to one version) into dist, next to its loaders. Vendored at
// build because upstream can only be loaded with flags or a bundler plugin on most runtimes, prints when it starts, and cannot
// be instantiated twice.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const VERSION = '0.6.0'

const upstream = new URL('.', import.meta.resolve('@biscuit-auth/biscuit-wasm'))
const target = new URL('./dist/internal/write/biscuit/', import.meta.url)
const read = (path, encoding) => readFileSync(new URL(path, upstream), encoding)
const write = (name, text) => writeFileSync(new URL(name, target), text)

const { version } = JSON.parse(read('../package.json', 'utf8'))
if (version !== VERSION) throw new Error(`biscuit-wasm is ${version}, but only ${VERSION} has been examined`)

mkdirSync(target, { recursive: true })
copyFileSync(fileURLToPath(new URL('biscuit_bg.wasm', upstream)), fileURLToPath(new URL('biscuit_bg.wasm', target)))
copyFileSync(fileURLToPath(new URL('../LICENSE', upstream)), fileURLToPath(new URL('LICENSE.biscuit-wasm', target)))
write('biscuit-wasm-base64.js', `export default '${read('biscuit_bg.wasm').toString('base64')}'\n`)
write('glue.js', glueFactory(read('biscuit_bg.js', 'utf8')))

/** Upstream's module scope becomes a function body, so that every WebAssembly instance has glue of its own. */
function glueFactory(source) {
  const names = [...source.matchAll(/^export (?:class|const|function) (\w+)/gm)].map(([, name]) => name)
  const body = source.replace(/^export (?=(?:class|const|function) \w)/gm, '')
  if (/\b(?:import|export)\b/.test(body))
    throw new Error('biscuit_bg.js imports or exports in a way that is not understood')
  return `// From @biscuit-auth/biscuit-wasm ${VERSION}, module/biscuit_bg.js (Apache-2.0, see LICENSE.biscuit-wasm).
// Changed: each "export" keyword is removed, and the whole is wrapped in createGlue(), whose parameters shadow four globals.
export function createGlue({ console, FinalizationRegistry, Function, module }) {
${body}
return { ${names.join(', ')} }
}
`
}
