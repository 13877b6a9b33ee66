// The last step of the build: each entry becomes one file without an import, of core's own sources, for engines that have
// nothing but the language. XS does not take static fields that use their class, which newer targets would leave as they are.
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
    target: 'es2021',
    inject: ['src/text.ts'],
    // Beside the file and not named in it: XS does not load a module whose map it does not find.
    sourcemap: 'external',
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
