// How much code of Writ is in a bundle: minified, and compressed as servers send it. Needs the built packages.
// usage: node bench/bundle-sizes.mjs [--check|--write]      the table in the README of core is compared, or written
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const README = new URL('../packages/core/README.md', import.meta.url)
const PART = /(?<=<!-- bundle-sizes -->\n)[\s\S]*?(?=<!-- \/bundle-sizes -->)/

const conditions = { worker: ['workerd', 'worker', 'browser'], browser: ['browser'] }
const programs = {
  'verifies (`createVerifier`)': `export { createVerifier } from '@writ/core'`,
  'narrows (`attenuate`)': `export { attenuate } from '@writ/core'`,
  'mints (`mintCapability`)': `export { mintCapability } from '@writ/core'`,
}

/** Bytes of everything that a program loads, WebAssembly included: `{ minified, compressed }`. */
async function sizeOf(contents, platform) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: `${root}packages/core` },
    outdir: '/nowhere',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    mainFields: ['module', 'main'],
    conditions: conditions[platform],
    loader: { '.wasm': 'copy' },
    plugins: [{ name: 'wasm modules', setup: readWasmModules }],
  })
  const sum = (of) => outputFiles.reduce((total, { contents }) => total + of(contents).length, 0)
  return { minified: sum((bytes) => bytes), compressed: sum((bytes) => gzipSync(bytes)) }
}

/** As wrangler does it: the suffix says what to make of the file, and is no part of its name. */
function readWasmModules(bundler) {
  bundler.onResolve({ filter: /\.wasm\?module$/ }, ({ path, importer, kind, resolveDir }) =>
    bundler.resolve(path.replace(/\?module$/, ''), { importer, kind, resolveDir }),
  )
}

/** `[{ what, platform, minified, compressed }]`, in bytes. */
export async function bundleSizes() {
  const rows = []
  for (const [what, contents] of Object.entries(programs)) {
    for (const platform of Object.keys(conditions)) rows.push({ what, platform, ...(await sizeOf(contents, platform)) })
  }
  return rows
}

const KB = (bytes) => `${Math.round(bytes / 1000).toLocaleString('en')} KB`
const table = (rows) =>
  [
    '| a program that | in | minified | compressed |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ what, platform, minified, compressed }) => `| ${what} | a ${platform} | ${KB(minified)} | ${KB(compressed)} |`,
    ),
  ].join('\n')

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = await bundleSizes()
  const text = readFileSync(README, 'utf8')
  if (process.argv.includes('--write'))
    writeFileSync(
      README,
      text.replace(PART, () => `${table(rows)}\n`),
    )
  else console.log(table(rows))
  if (process.argv.includes('--check')) {
    const numbers = (part) => [...part.matchAll(/([\d,]+) KB/g)].map(([, digits]) => Number(digits.replaceAll(',', '')))
    const [said, found] = [numbers(PART.exec(text)?.[0] ?? ''), numbers(table(rows))]
    // Each version of a bundler gives a few bytes more or less.
    const stale = said.length !== found.length || found.some((kb, index) => Math.abs(kb - said[index]) > 1 + kb * 0.05)
    if (stale) console.log('packages/core/README.md says other sizes: node bench/bundle-sizes.mjs --write')
    process.exitCode = stale ? 1 : 0
  }
}
