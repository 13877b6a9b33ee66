// The last step of the build: each entry becomes one file without an import, of core's own sources, for engines that have
// nothing but the language (ES2022). XS does not take static fields that use their class, so they become assignments. Private fields
// stay: written as WeakMaps they would not be freed where an engine has no ephemerons.
import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { build } from 'esbuild'

const CORE = resolve('../core/src')
const CRYPTO = { index: 'own', host: 'host', full: 'both' }

rmSync('dist', { recursive: true, force: true })
for (const [entry, crypto] of Object.entries(CRYPTO)) {
  await build({
    entryPoints: [`src/${entry}.ts`],
    outfile: `dist/${entry}.js`,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    supported: { 'class-static-field': false, 'class-static-blocks': false },
    inject: ['src/text.ts'],
    // Beside the file and not named in it: XS does not load a module whose map it does not find.
    sourcemap: 'external',
    // The licences of what is inside, in a file beside it.
    legalComments: 'external',
    logLevel: 'warning',
    plugins: [{ name: 'core on a device', setup: onDevice(crypto) }],
  })
}
for (const file of globSync('build/**/*.d.ts{,.map}')) {
  const copy = file.replace('build', 'dist')
  mkdirSync(dirname(copy), { recursive: true })
  copyFileSync(file, copy)
}
rmSync('build', { recursive: true })

function onDevice(crypto) {
  return ({ onResolve }) => {
    onResolve({ filter: /^@writ\/core\/verify$/ }, () => ({ path: resolve(CORE, 'verify.ts') }))
    onResolve({ filter: /\/crypto\/platform\.ts$/ }, () => ({ path: resolve('src/platform.ts') }))
    onResolve({ filter: /^#crypto$/ }, () => ({ path: resolve(`src/crypto/${crypto}.ts`) }))
  }
}
